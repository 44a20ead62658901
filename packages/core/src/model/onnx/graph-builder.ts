import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { TensorDtype, TensorEntry } from "../checkpoint.ts";
import type { QuantisedEntry } from "../quantised-weights.ts";
import {
	type AttributeProtoSchema,
	ModelProtoSchema,
	type NodeProtoSchema,
	type TensorProtoSchema,
	type ValueInfoProtoSchema,
} from "./onnx_pb.ts";

/** Values of ONNX's `TensorProto.DataType`. */
const DATA_TYPE: Readonly<Record<TensorDtype | "U8" | "I8" | "I64", number>> = {
	F32: 1,
	U8: 2,
	I8: 3,
	I64: 7,
	F16: 10,
	BF16: 16,
};

/** Value of ONNX's `TensorProto.DataLocation` for bytes that lie in another file. */
const EXTERNAL = 1;

/** Values of ONNX's `AttributeProto.AttributeType`. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, ints: 7 };

/** The first version of ONNX's files that has opset 17. */
const IR_VERSION = 8n;

/** The first opset with LayerNormalization. */
const OPSET_VERSION = 17n;

/** The domain of onnxruntime's own operators. */
export const MICROSOFT = "com.microsoft";

/** An attribute of a node. */
type Attribute = MessageInitShape<typeof AttributeProtoSchema>;

export function intAttribute(name: string, value: number): Attribute {
	return { name, type: ATTRIBUTE_TYPE.int, i: BigInt(value) };
}

export function intsAttribute(name: string, values: readonly number[]): Attribute {
	return { name, type: ATTRIBUTE_TYPE.ints, ints: values.map(BigInt) };
}

export function floatAttribute(name: string, value: number): Attribute {
	return { name, type: ATTRIBUTE_TYPE.float, f: value };
}

/** What a node may have beside its operator and inputs. */
export interface NodeOptions {
	readonly attributes?: readonly Attribute[];
	/** Default: ONNX's own operators. */
	readonly domain?: typeof MICROSOFT;
	/** Name of the result. Default: the number of the node. */
	readonly output?: string;
}

/**
 * Collects the nodes of an ONNX graph and writes them as a model file.
 *
 * Values are passed around by name. It knows nothing of networks: see `graph.ts`.
 */
export class GraphBuilder {
	readonly #nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
	readonly #initializers = new Map<string, MessageInitShape<typeof TensorProtoSchema>>();
	/** Constants that were asked for before, by dtype and value. */
	readonly #constants = new Map<string, string>();
	readonly #inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];
	readonly #outputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = [];

	/** Declare a float32 input; an axis that varies is given by its name. */
	input(name: string, axes: readonly (number | string)[]): string {
		this.#inputs.push(floatValue(name, axes));
		return name;
	}

	/** Declare a float32 output; the node that makes it is given its name as {@link NodeOptions.output}. */
	output(name: string, axes: readonly (number | string)[]): void {
		this.#outputs.push(floatValue(name, axes));
	}

	/**
	 * Add an operator with one output.
	 *
	 * @param name   what the node does, for onnxruntime's messages and profiles; unique or empty.
	 * @param inputs names of values; an optional input that is not given is left out at the end.
	 * @returns the name of the output: a short one, because names make up most of the model's bytes.
	 */
	node(name: string, operator: string, inputs: readonly string[], options: NodeOptions = {}): string {
		const { attributes = [], domain = "", output = String(this.#nodes.length) } = options;
		this.#nodes.push({
			name,
			opType: operator,
			domain,
			input: [...inputs],
			output: [output],
			attribute: [...attributes],
		});
		return output;
	}

	/**
	 * A tensor whose bytes stay in the checkpoint's file; floats are widened to float32 where they are narrower.
	 *
	 * @returns the name of the value: float32, or int8 of an entry in I8.
	 */
	weight(entry: TensorEntry | QuantisedEntry, name: string = entry.name): string {
		this.#initializers.set(name, {
			name,
			dims: entry.shape.map(BigInt),
			dataType: DATA_TYPE[entry.dtype],
			dataLocation: EXTERNAL,
			externalData: [
				{ key: "location", value: entry.file },
				{ key: "offset", value: String(entry.offset) },
				{ key: "length", value: String(entry.length) },
			],
		});
		return entry.dtype === "F32" || entry.dtype === "I8" ? name : this.#cast(name, "F32");
	}

	/** A float32 constant without axes. */
	float(value: number): string {
		return this.#constant(`float.${value}`, () =>
			this.node("", "Constant", [], { attributes: [floatAttribute("value_float", value)] }),
		);
	}

	/** A constant of one byte without axes. */
	integer8(dtype: "U8" | "I8", value: number): string {
		return this.#constant(`${dtype}.${value}`, () => this.#cast(this.float(value), dtype));
	}

	#constant(key: string, make: () => string): string {
		const name = this.#constants.get(key) ?? make();
		this.#constants.set(key, name);
		return name;
	}

	#cast(value: string, dtype: TensorDtype | "U8" | "I8"): string {
		return this.node("", "Cast", [value], { attributes: [intAttribute("to", DATA_TYPE[dtype])] });
	}

	/** A list of integers, such as the target of a Reshape. */
	integers(values: readonly number[]): string {
		const name = `integers.${values.join("_")}`;
		this.#initializers.set(name, {
			name,
			dims: [BigInt(values.length)],
			dataType: DATA_TYPE.I64,
			int64Data: values.map(BigInt),
		});
		return name;
	}

	/** The model as the bytes of an ONNX file. */
	toBytes(graphName: string): Uint8Array {
		return toBinary(
			ModelProtoSchema,
			create(ModelProtoSchema, {
				irVersion: IR_VERSION,
				producerName: "dinoseg",
				opsetImport: [
					{ domain: "", version: OPSET_VERSION },
					{ domain: MICROSOFT, version: 1n },
				],
				graph: {
					name: graphName,
					node: this.#nodes,
					initializer: [...this.#initializers.values()],
					input: this.#inputs,
					output: this.#outputs,
				},
			}),
		);
	}
}

function floatValue(name: string, axes: readonly (number | string)[]): MessageInitShape<typeof ValueInfoProtoSchema> {
	const dim = axes.map((axis) =>
		typeof axis === "number"
			? { value: { case: "dimValue" as const, value: BigInt(axis) } }
			: { value: { case: "dimParam" as const, value: axis } },
	);
	return { name, type: { value: { case: "tensorType", value: { elemType: DATA_TYPE.F32, shape: { dim } } } } };
}
