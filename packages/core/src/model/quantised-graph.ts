import { type GraphBuilder, intAttribute, intsAttribute, MICROSOFT } from "./onnx/graph-builder.ts";
import type { QuantisedLinear } from "./quantised-weights.ts";

/** Inputs in 8 bits. Names of values. */
interface QuantisedInput {
	/** uint8 (tokens, in). */
	readonly values: string;
	/** uint8: the value that stands for 0, or for the floor. */
	readonly zero: string;
	/** float32 (tokens, 1): what one step is worth. */
	readonly scales: string;
}

/** Steps of an unsigned byte, and of one whose middle stands for 0. */
const STEPS = 255;
const STEPS_EACH_SIDE = 127;
const MIDDLE = 128;

/** Instead of the scale 0 of a token of zeros, by which nothing can be divided. */
const LEAST_SCALE = 1e-30;

/**
 * Linear layers in 8 bits as nodes of a graph.
 *
 * `y = QGemm(round(x / scale), W) * scale + bias`, exact in the integers. Every token (row of x) has a scale of its own,
 * chosen from its largest value at run time: one token of outliers costs the others nothing. onnxruntime's fused
 * DynamicQuantizeMatMul has one scale for all tokens.
 */
export class QuantisedLinears {
	readonly #graph: GraphBuilder;
	/** By the name of the input and its floor: query, key and value share one. */
	readonly #inputs = new Map<string, QuantisedInput>();

	constructor(graph: GraphBuilder) {
		this.#graph = graph;
	}

	/**
	 * A layer on a matrix of tokens.
	 *
	 * @param name   of the layer, for onnxruntime's messages and profiles.
	 * @param tokens name of a float32 value, (tokens, in).
	 * @returns the name of a float32 value, (tokens, out).
	 */
	linear(name: string, tokens: string, { weight, scales, bias, floor }: QuantisedLinear): string {
		const graph = this.#graph;
		const input = this.#quantise(name, tokens, floor);
		// The operator wants a zero for every scale; onnxruntime computes this once, when it loads the graph.
		const zeros = graph.node(`${name}.zeros`, "Expand", [graph.integer8("I8", 0), graph.integers(scales.shape)]);
		const inputs = [
			...[input.values, graph.float(1), input.zero],
			...[graph.weight(weight), graph.weight(scales), zeros],
		];
		const product = graph.node(name, "QGemm", inputs, {
			domain: MICROSOFT,
			attributes: [intAttribute("transB", 1)],
		});
		const scaled = graph.node(`${name}.scaled`, "Mul", [product, input.scales]);
		if (bias === undefined) {
			return scaled;
		}
		// With two axes, else onnxruntime fuses it with a Gelu that follows, into an operator twice as slow.
		const row = graph.weight({ ...bias, shape: [1, ...bias.shape] });
		return graph.node(`${name}.biased`, "Add", [scaled, row]);
	}

	#quantise(name: string, tokens: string, floor: number | undefined): QuantisedInput {
		const key = `${tokens} ${floor}`;
		const known = this.#inputs.get(key);
		if (known !== undefined) {
			return known;
		}
		const made =
			floor === undefined
				? this.#toBytes(name, tokens, this.#graph.node(`${name}.input.size`, "Abs", [tokens]), STEPS_EACH_SIDE, MIDDLE)
				: this.#aboveFloor(name, tokens, floor);
		this.#inputs.set(key, made);
		return made;
	}

	#aboveFloor(name: string, tokens: string, floor: number): QuantisedInput {
		const raised = this.#graph.node(`${name}.input.raised`, "Sub", [tokens, this.#graph.float(floor)]);
		return this.#toBytes(name, raised, raised, STEPS, 0);
	}

	/** @param sizes the values of which the largest of a token becomes `steps`. */
	#toBytes(name: string, values: string, sizes: string, steps: number, zeroAt: number): QuantisedInput {
		const graph = this.#graph;
		const largest = graph.node(`${name}.input.largest`, "ReduceMax", [sizes], {
			attributes: [intsAttribute("axes", [-1]), intAttribute("keepdims", 1)],
		});
		const step = graph.node(`${name}.input.step`, "Mul", [largest, graph.float(1 / steps)]);
		const scales = graph.node(`${name}.input.scale`, "Max", [step, graph.float(LEAST_SCALE)]);
		const perToken = graph.node(`${name}.input.scales`, "Reshape", [scales, graph.integers([-1])]);
		const zero = graph.integer8("U8", zeroAt);
		const count = graph.node(`${name}.input.count`, "Shape", [perToken]);
		const zeros = graph.node(`${name}.input.zeros`, "Expand", [zero, count]);
		const quantised = graph.node(`${name}.input.quantised`, "QuantizeLinear", [values, perToken, zeros], {
			attributes: [intAttribute("axis", 0)],
		});
		return { values: quantised, zero, scales };
	}
}
