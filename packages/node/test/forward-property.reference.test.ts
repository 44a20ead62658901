import { describe, expect, it } from "vitest";
import {
	erf,
	type ForwardTrace,
	forwardPass,
	readForwardModel,
	resizePositionTable,
	type TableRule,
} from "../../../fixtures/forward-pass.ts";
import { isFull } from "../../../fixtures/is-full.ts";
import { fixturePath, loadTensors } from "../../../fixtures/load.ts";

/** The tolerance of the reference data on every tensor computed in float32. */
const TOLERANCE = 1e-4;
const SMALL_SIZES = ["126x98", "210x336", "224x224"];
/**
 * One large size for a model, in `npm run soak`: a size changes only the positions, which are compared at all sizes for
 * themselves.
 */
const largeSize = (size: string) => (isFull ? [size] : []);
const SIZES: Readonly<Record<string, readonly string[]>> = {
	mlp: [...SMALL_SIZES, ...largeSize("518x518")],
	swiglu: [...SMALL_SIZES, ...largeSize("532x392")],
	reg: SMALL_SIZES,
};
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

const inputs = loadTensors("reference/backbone/inputs.safetensors");

/** The pictures of a size, normalised, each of shape (3, height, width). */
function pictures(size: string): Float64Array[] {
	const { shape, data } = inputs.get(`u8.${size}`) ?? { shape: [0, 0, 0], data: [] };
	const plane = shape[1] * shape[2];
	return Array.from({ length: shape[0] }, (_, picture) =>
		new Float64Array(3 * plane).map((_, i) => {
			const channel = Math.floor(i / plane);
			const level = data[(picture * plane + (i % plane)) * 3 + channel];
			return (level / 255 - MEAN[channel]) / DEVIATION[channel];
		}),
	);
}

/** (tokens, heads * d) to (heads, tokens, d). */
function headsFirst(rows: Float64Array, heads: number, width: number): Float64Array {
	const size = width / heads;
	const tokens = rows.length / width;
	return new Float64Array(rows.length).map((_, i) => {
		const head = Math.floor(i / (tokens * size));
		return rows[Math.floor((i % (tokens * size)) / size) * width + head * size + (i % size)];
	});
}

/** A tensor of the official code by its name in the reference data, for one picture. */
function find(trace: ForwardTrace, name: string, heads: number, width: number): Float64Array {
	const last = trace.blocks[trace.blocks.length - 1];
	const classToken = (tokens: Float64Array) => tokens.subarray(0, width);
	const patches = (tokens: Float64Array) => tokens.subarray(trace.extra * width);
	const block = /^block(\d+)\.(cls|patch)\.(raw|norm)$/.exec(name);
	if (block !== null) {
		const { output } = trace.blocks[Number(block[1])];
		const tokens = block[3] === "raw" ? output : trace.normalise(output);
		return block[2] === "cls" ? classToken(tokens) : patches(tokens);
	}
	const named: Record<string, () => Float64Array> = {
		tokens_in: () => trace.embedded,
		x_prenorm: () => last.output,
		x_norm_clstoken: () => classToken(trace.normalise(last.output)),
		x_norm_regtokens: () => trace.normalise(last.output).subarray(width, trace.extra * width),
		x_norm_patchtokens: () => patches(trace.normalise(last.output)),
		"facet.attn_cls": () => last.classAttention,
		"facet.query": () => headsFirst(last.query, heads, width),
		"facet.key": () => headsFirst(last.key, heads, width),
		"facet.value": () => headsFirst(last.value, heads, width),
	};
	return named[name]();
}

function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
	expect(actual.length).toBe(expected.length);
	let most = 0;
	for (let i = 0; i < expected.length; i++) {
		// Not Math.max alone, which a comparison with NaN would pass.
		const difference = Math.abs(actual[i] - expected[i]);
		most = difference <= most ? most : difference;
	}
	return most;
}

describe.each(Object.keys(SIZES))("the plain forward pass of %s", (name) => {
	const folder = `reference/backbone/${name}`;
	const model = readForwardModel(fixturePath(folder));
	const { hidden_size: width, num_attention_heads: heads, num_register_tokens: registers = 0 } = model.config;

	it.each(SIZES[name])("equals the official code at %s, every tensor", (size) => {
		const [height, columns] = size.split("x").map(Number);
		const images = pictures(size);
		const run = (rule?: TableRule) =>
			images.map((pixels) => forwardPass(model, { pixels, height, width: columns, ...(rule && { rule }) }));
		const expected = loadTensors(`${folder}/outputs_${size}.safetensors`);
		const official = run();
		const other = [...expected.keys()].some((key) => key.startsWith("hfpos.")) ? run("size") : [];
		for (const [key, { data }] of expected) {
			const traces = key.startsWith("hfpos.") ? other : official;
			const share = data.length / images.length;
			for (const [picture, trace] of traces.entries()) {
				const actual = find(trace, key.replace("hfpos.", ""), heads, width);
				const difference = largestDifference(actual, data.subarray(picture * share, (picture + 1) * share));
				expect(difference, key).toBeLessThanOrEqual(TOLERANCE);
			}
		}
	});

	it("has the official code's positions", () => {
		const table = model.tensors.get("embeddings.position_embeddings")?.subarray(width) ?? new Float64Array();
		const expected = loadTensors(`${folder}/pos_embed.safetensors`);
		expect(expected.size).toBeGreaterThan(3);
		for (const [key, { data }] of expected) {
			const [kind, size] = key.split(".");
			const [rows, cols] = size.split("x").map(Number);
			const rule = kind === "hf" ? "size" : registers > 0 ? "antialias" : "offset";
			const difference = largestDifference(resizePositionTable(table, 37, rows, cols, rule), data);
			expect(difference, key).toBeLessThanOrEqual(1e-5);
		}
	});
});

it("has the error function of the tables", () => {
	// Source: Abramowitz and Stegun 1964, table 7.1; erf(3) from its complement.
	const values = [
		[0, 0],
		[0.5, 0.5204998778130465],
		[1, 0.8427007929497149],
		[-2, -0.9953222650189527],
		[3, 0.9999779095030014],
		[7, 1],
	];
	for (const [x, expected] of values) {
		expect(Math.abs(erf(x) - expected)).toBeLessThan(2e-15);
	}
});
