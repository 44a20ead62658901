import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataLocation, TensorProto_DataType } from "onnx-buf";
import { describe, expect, it } from "vitest";
import type { Checkpoint, Dinov2Config, TensorDtype, TensorEntry } from "./checkpoint.ts";
import { requiredTensors } from "./families.ts";
import { buildNetworkGraph } from "./graph.ts";
import { DEFAULT_PREPROCESSOR } from "./preprocessor.ts";
import type { NetworkVariant } from "./variant.ts";

const CONFIG: Dinov2Config = {
	family: "dinov2",
	hiddenSize: 384,
	layers: 12,
	heads: 6,
	mlp: "gelu",
	mlpSize: 1536,
	registers: 0,
	patchSize: 14,
	imageSize: 518,
	layerNormEps: 1e-6,
	biases: { query: true, key: true, value: true },
};

const NO_BIASES = { query: false, key: false, value: false };
const LAST: NetworkVariant = { facet: "token", layers: [11], stride: 14 };
const GIANT: Partial<Dinov2Config> = { mlp: "swiglu", mlpSize: 1024, registers: 4 };

/** A checkpoint without bytes, one tensor after the other. */
function describeCheckpoint(dtype: TensorDtype, changes: Partial<Dinov2Config> = {}, start = 51_234): Checkpoint {
	const config = { ...CONFIG, ...changes };
	const tensors = new Map<string, TensorEntry>();
	let offset = start;
	for (const { name, shape } of requiredTensors(config)) {
		const length = shape.reduce((product, size) => product * size, dtype === "F32" ? 4 : 2);
		tensors.set(name, { name, dtype, shape, file: "model.safetensors", offset, length });
		offset += length;
	}
	return { config, preprocessor: DEFAULT_PREPROCESSOR, tensors };
}

/** The graph as another implementation of ONNX's schema reads it. */
function decode(checkpoint: Checkpoint, variant: NetworkVariant = LAST) {
	const model = fromBinary(ModelProtoSchema, buildNetworkGraph(checkpoint, variant));
	if (model.graph === undefined) {
		throw new Error("the model has no graph");
	}
	return { model, graph: model.graph };
}

describe("buildNetworkGraph", () => {
	it("points every weight at its bytes in the checkpoint", () => {
		const checkpoint = describeCheckpoint("F32", {}, 5 * 2 ** 30);
		const { graph } = decode(checkpoint);
		const weights = graph.initializer.filter((tensor) => tensor.dataLocation === TensorProto_DataLocation.EXTERNAL);
		expect(weights.length).toBe(checkpoint.tensors.size);
		for (const tensor of weights) {
			const isClassPosition = tensor.name === "embeddings.class_position";
			const entry = checkpoint.tensors.get(isClassPosition ? "embeddings.position_embeddings" : (tensor.name ?? ""));
			expect(tensor.externalData.map(({ key, value }) => [key, value])).toEqual([
				["location", "model.safetensors"],
				["offset", String(entry?.offset)],
				["length", String(isClassPosition ? 384 * 4 : entry?.length)],
			]);
			expect(tensor.dims.map(Number)).toEqual(isClassPosition ? [1, 1, 384] : entry?.shape);
			expect(tensor.dataType).toBe(TensorProto_DataType.FLOAT);
		}
	});

	it("declares its inputs and outputs", () => {
		const { model, graph } = decode(describeCheckpoint("F32"));
		const axes = (values: typeof graph.input) =>
			values.map(({ name, type }) => {
				const tensor = type?.value.case === "tensorType" ? type.value.value : undefined;
				const sizes = tensor?.shape?.dim.map((dim) => dim.value.value) ?? [];
				return [name, tensor?.elemType, ...sizes.map((size) => (typeof size === "bigint" ? Number(size) : size))];
			});
		expect(axes(graph.input)).toEqual([
			["pixels", TensorProto_DataType.FLOAT, "batch", 3, "height", "width"],
			["positions", TensorProto_DataType.FLOAT, "patches", 384],
		]);
		expect(axes(graph.output)).toEqual([
			["tokens", TensorProto_DataType.FLOAT, "batch", "patches", 384],
			["norms", TensorProto_DataType.FLOAT, "batch", "patches"],
		]);
		expect(model.opsetImport.map(({ domain, version }) => [domain, version])).toEqual([
			["", 17n],
			["com.microsoft", 1n],
		]);
	});

	it.each<[string, Partial<Dinov2Config>, Partial<NetworkVariant>]>([
		["small", {}, {}],
		["giant with registers", GIANT, {}],
		["without biases", { ...GIANT, biases: NO_BIASES }, {}],
		["several layers, one twice", {}, { layers: [3, 11, 3] }],
		["keys, the norms below the highest layer", GIANT, { facet: "key", layers: [9, 2] }],
		["values", {}, { facet: "value", layers: [0] }],
	])("makes every value once and before it is used: %s", (_, config, variant) => {
		const { graph } = decode(describeCheckpoint("BF16", config), { ...LAST, ...variant });
		const known = new Set([...graph.input, ...graph.initializer].map(({ name }) => name));
		for (const node of graph.node) {
			expect(node.input.filter((name) => !known.has(name))).toEqual([]);
			for (const name of node.output) {
				expect(known.has(name)).toBe(false);
				known.add(name);
			}
		}
		expect(graph.output.every(({ name }) => known.has(name))).toBe(true);
		const used = new Set([...graph.node.flatMap(({ input }) => input), ...graph.output.map(({ name }) => name ?? "")]);
		expect(graph.node.filter(({ output }) => !output.some((name) => used.has(name)))).toEqual([]);
		expect(graph.initializer.filter(({ name }) => !used.has(name ?? ""))).toEqual([]);
	});

	it.each([
		["F16", TensorProto_DataType.FLOAT16],
		["BF16", TensorProto_DataType.BFLOAT16],
	] as const)("widens %s weights to float32", (dtype, dataType) => {
		const checkpoint = describeCheckpoint(dtype);
		const { graph } = decode(checkpoint);
		const narrow = graph.initializer.filter((tensor) => tensor.dataType === dataType).map(({ name }) => name ?? "");
		expect(narrow.length).toBe(checkpoint.tensors.size);
		const readers = graph.node.filter(({ input }) => input.some((name) => narrow.includes(name)));
		expect(new Set(readers.map(({ opType }) => opType))).toEqual(new Set(["Cast"]));
	});

	it("follows the configuration", () => {
		const { graph } = decode(
			describeCheckpoint("F32", { layers: 3, biases: NO_BIASES, heads: 3, layerNormEps: 1e-5, patchSize: 16 }),
			{ facet: "token", layers: [2], stride: 8 },
		);
		const attribute = (operator: string, name: string) =>
			graph.node
				.filter(({ opType }) => opType === operator)
				.map(({ attribute }) => attribute.find((candidate) => candidate.name === name));
		expect(attribute("MultiHeadAttention", "num_heads").map((found) => found?.i)).toEqual([3n, 3n, 3n]);
		const epsilons = attribute("LayerNormalization", "epsilon").map((found) => found?.f);
		expect(epsilons).toEqual(new Array(7).fill(Math.fround(1e-5)));
		expect(attribute("Conv", "strides").map((found) => found?.ints)).toEqual([[8n, 8n]]);
		const query = graph.node.find(({ name }) => name === "encoder.layer.0.attention.attention.query");
		expect(query?.input.length).toBe(2);
	});

	it.each<[Partial<NetworkVariant>, readonly number[]]>([
		[{ layers: [3] }, [0, 1, 2, 3]],
		[{ layers: [1, 3, 0] }, [0, 1, 2, 3]],
		[{ facet: "key", layers: [2] }, [0, 1, 2]],
	])("leaves out the blocks above %j", (variant, blocks) => {
		const { graph } = decode(describeCheckpoint("F32"), { ...LAST, ...variant });
		const used = graph.initializer.flatMap(({ name }) => /^encoder\.layer\.(\d+)\./.exec(name ?? "")?.[1] ?? []);
		expect([...new Set(used.map(Number))]).toEqual(blocks);
	});

	it("computes of the highest block only what a facet needs", () => {
		const { graph } = decode(describeCheckpoint("F32"), { ...LAST, facet: "query", layers: [5, 2] });
		const names = graph.initializer.map(({ name }) => name ?? "").filter((name) => name.startsWith("encoder.layer.5."));
		expect(names.map((name) => name.slice("encoder.layer.5.".length)).sort()).toEqual([
			"attention.attention.query.bias",
			"attention.attention.query.weight",
			"norm1.bias",
			"norm1.weight",
		]);
	});

	it("reads the two halves of a gated layer where they lie", () => {
		const checkpoint = describeCheckpoint("F16", GIANT);
		const { graph } = decode(checkpoint);
		const prefix = "encoder.layer.4.mlp.weights_in";
		const entry = checkpoint.tensors.get(`${prefix}.weight`);
		const halves = graph.initializer.filter(({ name }) => name?.startsWith(`${prefix}.weight`));
		expect(halves.map(({ dims }) => dims.map(Number))).toEqual([
			[1024, 384],
			[1024, 384],
		]);
		const bytes = 1024 * 384 * 2;
		expect(halves.map(({ externalData }) => Number(externalData[1].value))).toEqual([
			entry?.offset,
			(entry?.offset ?? 0) + bytes,
		]);
		expect(halves.map(({ externalData }) => Number(externalData[2].value))).toEqual([bytes, bytes]);
	});

	it("is small and the same every time", () => {
		for (const dtype of ["F32", "F16"] as const) {
			const bytes = buildNetworkGraph(describeCheckpoint(dtype), LAST);
			expect(bytes.length).toBeLessThan(60 * 1024);
			expect(buildNetworkGraph(describeCheckpoint(dtype), LAST)).toEqual(bytes);
		}
	});

	it("names a tensor that the checkpoint lacks", () => {
		const checkpoint = describeCheckpoint("F32");
		const tensors = new Map(checkpoint.tensors);
		tensors.delete("encoder.layer.3.norm2.bias");
		expect(() => buildNetworkGraph({ ...checkpoint, tensors }, LAST)).toThrow(
			expect.objectContaining({
				code: "MODEL_TENSOR_INVALID",
				message: expect.stringContaining("encoder.layer.3.norm2.bias"),
			}),
		);
	});
});
