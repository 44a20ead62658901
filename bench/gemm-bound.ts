/**
 * The whole network against its bare matrix products, in one process, in turns:
 * `npx tsx bench/gemm-bound.ts <checkpoint folder> [side] [threads]`. Prints a Markdown table. For checkpoints with a GELU MLP.
 *
 * The products are those of the network in one graph of onnxruntime's `Gemm` and `MatMul`: the same shapes, as many of
 * them, the same weights, loaded and packed beforehand, as many threads; nothing between them. It computes nonsense.
 */
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { createRandom } from "@dinoseg/core";
import type { Checkpoint } from "@dinoseg/core/model";
import { loadCheckpoint } from "@dinoseg/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { checkpointTensor } from "../packages/core/src/model/checkpoint-tensor.ts";
import { GraphBuilder, intAttribute } from "../packages/core/src/model/onnx/graph-builder.ts";
import { median, openBenchNetwork } from "./models-network.ts";

const ROUNDS = 9;

interface ProductOptions {
	/** Class token, registers and patches. */
	readonly tokens: number;
	/** Whether the products of attention are there, or the linear layers alone. */
	readonly attention: boolean;
}

/** Input `tokens` (tokens, hidden), output `products` of the same shape. */
function buildProducts(checkpoint: Checkpoint, { tokens, attention }: ProductOptions): Uint8Array {
	const { hiddenSize, heads, layers } = checkpoint.config;
	const graph = new GraphBuilder();
	const input = graph.input("tokens", [tokens, hiddenSize]);
	const reshape = (value: string, shape: readonly number[]) =>
		graph.node("", "Reshape", [value, graph.integers(shape)]);
	const linear = (name: string, value: string, bias?: string, output?: string) => {
		const weight = graph.weight(checkpointTensor(checkpoint, `${name}.weight`));
		const own = checkpoint.tensors.get(`${name}.bias`);
		const added = bias ?? (own && graph.weight(own));
		return graph.node(name, "Gemm", added === undefined ? [value, weight] : [value, weight, added], {
			attributes: [intAttribute("transB", 1)],
			...(output === undefined ? {} : { output }),
		});
	};
	const matrices = [...checkpoint.tensors].filter(([, { shape }]) => shape.length === 2).map(([name]) => name);
	let sum: string | undefined;
	for (let layer = 0; layer < layers; layer++) {
		const ofLayer = matrices.filter((name) => name.includes(`layer.${layer}.`));
		const names = ofLayer.map((name) => name.replace(/\.weight$/, ""));
		// In the order in which a checkpoint's tensors are asked for.
		const [queryName, keyName, valueName, outputName, upName, downName] = names;
		// One after the other, so that none is left out as unused; from the input, so that numbers stay small.
		const query = linear(queryName, input);
		const key = linear(keyName, query);
		const value = linear(valueName, key);
		let mixed = value;
		if (attention) {
			const size = hiddenSize / heads;
			const byHead = [heads, tokens, size];
			const scores = graph.node("", "MatMul", [reshape(query, byHead), reshape(key, [heads, size, tokens])]);
			mixed = reshape(graph.node("", "MatMul", [scores, reshape(value, byHead)]), [tokens, hiddenSize]);
		}
		const hidden = linear(upName, linear(outputName, mixed));
		// The bias of a Gemm may be a matrix: that of the layer before joins the layers at no cost.
		sum = linear(downName, hidden, sum, layer === layers - 1 ? "products" : undefined);
	}
	graph.output("products", [tokens, hiddenSize]);
	return graph.toBytes("products");
}

const [path, side = "518", threadCount = availableParallelism()] = process.argv.slice(2);
const checkpoint = await loadCheckpoint(path);
const { hiddenSize, heads, layers, mlpSize, patchSize, registers } = checkpoint.config;
const threads = Number(threadCount);
const tokens = 1 + registers + Math.floor(Number(side) / patchSize) ** 2;
const random = createRandom(0);
const feeds = {
	tokens: new Tensor(
		"float32",
		Float32Array.from({ length: tokens * hiddenSize }, () => random.next() - 0.5),
		[tokens, hiddenSize],
	),
};

async function openProducts(attention: boolean) {
	const session = await InferenceSession.create(buildProducts(checkpoint, { tokens, attention }), {
		executionProviders: ["cpu"],
		intraOpNumThreads: threads,
		interOpNumThreads: 1,
		logSeverityLevel: 4,
		// As the network: what its threads do after a run, another one would wait for.
		extra: { session: { model_external_initializers_file_folder_path: checkpoint.folder, force_spinning_stop: "1" } },
	});
	return () => session.run(feeds);
}

/** Milliseconds: by the clock, and of all threads on a processor. */
interface Time {
	readonly wall: number;
	readonly cpu: number;
}

async function time(run: () => Promise<unknown>): Promise<Time> {
	const start = performance.now();
	const startCpu = process.cpuUsage();
	await run();
	const { user, system } = process.cpuUsage(startCpu);
	return { wall: performance.now() - start, cpu: (user + system) / 1000 };
}

const network = await openBenchNetwork(checkpoint, threads);
const measured = {
	network: { run: () => network.run(Number(side)), times: [] as Time[] },
	linear: { run: await openProducts(false), times: [] as Time[] },
	all: { run: await openProducts(true), times: [] as Time[] },
};
for (let round = 0; round <= ROUNDS; round++) {
	for (const { run, times } of Object.values(measured)) {
		const taken = await time(run);
		// The first round is the warm-up.
		if (round > 0) {
			times.push(taken);
		}
	}
}
await network.close();

const linearProducts = tokens * layers * (4 * hiddenSize ** 2 + 2 * hiddenSize * mlpSize);
const attentionProducts = 2 * tokens ** 2 * hiddenSize * layers;

/** @param share what the times are multiplied by. */
function printRow(name: string, times: readonly Time[], share = 1): void {
	const fastest = (kind: keyof Time, all: readonly Time[]) => Math.min(...all.map((taken) => taken[kind]));
	const { times: ours } = measured.network;
	const wall = share * fastest("wall", times);
	const cpu = share * fastest("cpu", times);
	const ratios = ours.map((taken, round) => taken.wall / times[round].wall / share);
	const figures = [
		wall.toFixed(0),
		cpu.toFixed(0),
		(fastest("wall", ours) / wall).toFixed(2),
		median(ratios).toFixed(2),
	];
	console.log(`| ${[name, ...figures, (fastest("cpu", ours) / cpu).toFixed(2)].join(" | ")} |`);
}

console.log(
	"| What | Fastest (ms) | Processor time (ms) | Network / this | the same, by rounds | the same, processor |",
);
console.log("| --- | ---: | ---: | ---: | ---: | ---: |");
printRow("the network", measured.network.times);
printRow(`its products, attention in ${heads} heads`, measured.all.times);
const share = 1 + attentionProducts / linearProducts;
printRow("its products, all at the rate of the linear layers", measured.linear.times, share);
printRow("the products of its linear layers alone", measured.linear.times);
