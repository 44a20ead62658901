/**
 * A linear layer by every way that onnxruntime has to compute it in 8 bits, alone: time, and cosine to float32.
 * `npx tsx bench/int8-operators.ts [tokens,in,out] [threads]`; the default is the first layer of ViT-L/14's MLP at 518.
 *
 * The inputs have a few channels that are 20 times the others, as those of large transformers have.
 */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { createRandom } from "@dinoseg/core";
import { meanCosine } from "@dinoseg/core/metrics";
import { quantiseRows } from "@dinoseg/core/model";
import { type AttributeProtoSchema, ModelProtoSchema, type NodeProtoSchema, type TensorProtoSchema } from "onnx-buf";
import { InferenceSession, Tensor } from "onnxruntime-node";

const [tokens, inputs, outputs] = (process.argv[2] ?? "1370,1024,4096").split(",").map(Number);
const threads = Number(process.argv[3] ?? 1);
const RUNS = 20;
const DOMAIN = "com.microsoft";

type Node = MessageInitShape<typeof NodeProtoSchema>;
type Initializer = MessageInitShape<typeof TensorProtoSchema>;
type Attribute = MessageInitShape<typeof AttributeProtoSchema>;

const random = createRandom(0);
/** Nearly normal: mean 0, deviation 1. */
const normal = () => (random.next() + random.next() + random.next() + random.next() - 2) * Math.sqrt(3);
const weights = Float32Array.from({ length: outputs * inputs }, () => 0.03 * normal());
const bias = Float32Array.from({ length: outputs }, () => 0.1 * normal());
const channels = Float32Array.from({ length: inputs }, (_, at) => (at % 341 === 7 ? 20 : 1));
const values = Float32Array.from({ length: tokens * inputs }, (_, at) => channels[at % inputs] * normal());

function tensor(name: string, data: Float32Array | Uint8Array | Int8Array, dims: readonly number[]): Initializer {
	const dataType = data instanceof Float32Array ? 1 : data instanceof Uint8Array ? 2 : 3;
	return { name, dataType, dims: dims.map(BigInt), rawData: new Uint8Array(data.buffer as ArrayBuffer) };
}

function node(opType: string, input: string[], output: string[], attributes: Record<string, number | number[]> = {}) {
	const attribute = Object.entries(attributes).map(
		([name, value]): Attribute =>
			typeof value === "number" ? { name, type: 2, i: BigInt(value) } : { name, type: 7, ints: value.map(BigInt) },
	);
	const isOwn = ["DynamicQuantizeMatMul", "MatMulNBits", "QGemm"].includes(opType);
	return { opType, input, output, attribute, domain: isOwn ? DOMAIN : "" } satisfies Node;
}

function model(nodes: Node[], initializer: Initializer[]): Uint8Array {
	const value = (name: string, columns: number) => {
		const dim = [tokens, columns].map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } }));
		return { name, type: { value: { case: "tensorType" as const, value: { elemType: 1, shape: { dim } } } } };
	};
	const graph = { name: "layer", node: nodes, initializer, input: [value("x", inputs)], output: [value("y", outputs)] };
	const opsetImport = [
		{ domain: "", version: 17n },
		{ domain: DOMAIN, version: 1n },
	];
	return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }));
}

const { values: integers, scales } = quantiseRows(weights, outputs, inputs, "weights");
const int8 = [
	tensor("w", integers, [outputs, inputs]),
	tensor("s", scales, [outputs]),
	tensor("z", new Int8Array(outputs), [outputs]),
	tensor("b", bias, [outputs]),
	tensor("one", Float32Array.of(1), []),
	tensor("127th", Float32Array.of(1 / 127), []),
	tensor("middle", Uint8Array.of(128), []),
	tensor("middles", new Uint8Array(tokens).fill(128), [tokens]),
];

/** Blocks of one output's weights with a scale each; `accuracy_level` 4 quantises the inputs by the same blocks. */
function blockwise(size: number): Uint8Array {
	const blocks = Math.ceil(inputs / size);
	const padded = new Float32Array(outputs * blocks * size);
	for (let row = 0; row < outputs; row++) {
		padded.set(weights.subarray(row * inputs, (row + 1) * inputs), row * blocks * size);
	}
	const quantised = quantiseRows(padded, outputs * blocks, size, "blocks");
	const unsigned = Uint8Array.from(quantised.values, (value) => value + 128);
	return model(
		[
			node("MatMulNBits", ["x", "w", "s", "", "", "b"], ["y"], {
				...{ K: inputs, N: outputs, bits: 8, block_size: size },
				accuracy_level: 4,
			}),
		],
		[
			tensor("w", unsigned, [outputs, blocks, size]),
			tensor("s", quantised.scales, [outputs * blocks]),
			tensor("b", bias, [outputs]),
		],
	);
}

const CANDIDATES: Readonly<Record<string, () => Uint8Array>> = {
	"Gemm, float32": () =>
		model(
			[node("Gemm", ["x", "w", "b"], ["y"], { transB: 1 })],
			[tensor("w", weights, [outputs, inputs]), tensor("b", bias, [outputs])],
		),
	"DynamicQuantizeMatMul: one scale for all tokens": () =>
		model([node("Transpose", ["w"], ["t"]), node("DynamicQuantizeMatMul", ["x", "t", "s", "", "b"], ["y"])], int8),
	"MatMulInteger: the same, not fused": () =>
		model(
			[
				node("Transpose", ["w"], ["t"]),
				node("DynamicQuantizeLinear", ["x"], ["q", "xs", "xz"]),
				node("MatMulInteger", ["q", "t", "xz"], ["i"]),
				node("Cast", ["i"], ["f"], { to: 1 }),
				node("Mul", ["xs", "s"], ["scale"]),
				node("Mul", ["f", "scale"], ["p"]),
				node("Add", ["p", "b"], ["y"]),
			],
			int8,
		),
	"QGemm: a scale per token": () =>
		model(
			[
				node("Abs", ["x"], ["a"]),
				node("ReduceMax", ["a"], ["m"], { axes: [1], keepdims: 1 }),
				node("Mul", ["m", "127th"], ["xs"]),
				node("Squeeze", ["xs"], ["flat"]),
				node("QuantizeLinear", ["x", "flat", "middles"], ["q"], { axis: 0 }),
				node("QGemm", ["q", "one", "middle", "w", "s", "z"], ["p"], { transB: 1 }),
				node("Mul", ["p", "xs"], ["scaled"]),
				node("Add", ["scaled", "b"], ["y"]),
			],
			int8,
		),
	"MatMulNBits, blocks of 32": () => blockwise(32),
	"MatMulNBits, blocks of 64": () => blockwise(64),
	"MatMulNBits, blocks of 128": () => blockwise(128),
};

const options = { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 } as const;
const candidates = [];
for (const [name, make] of Object.entries(CANDIDATES)) {
	candidates.push({ name, session: await InferenceSession.create(make(), options), times: [] as number[] });
}
const x = new Tensor("float32", values, [tokens, inputs]);
// In turn, so that what else the machine does slows all of them.
for (let run = 0; run < RUNS; run++) {
	for (const { session, times } of candidates) {
		const start = performance.now();
		await session.run({ x });
		times.push(performance.now() - start);
	}
}
const expected = (await candidates[0].session.run({ x }))["y"].data as Float32Array;
const reference = Math.min(...candidates[0].times);
console.log(`${tokens} tokens, ${inputs} to ${outputs}, ${threads} threads\n`);
console.log("| operator | ms | times as fast | cosine to float32 |\n| --- | ---: | ---: | ---: |");
for (const { name, session, times } of candidates) {
	const ms = Math.min(...times);
	const cosine = meanCosine(expected, (await session.run({ x }))["y"].data as Float32Array, outputs);
	console.log(`| ${name} | ${ms.toFixed(1)} | ${(reference / ms).toFixed(2)} | ${cosine.toFixed(6)} |`);
}
