import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
	buildNetworkGraph,
	type Checkpoint,
	decodeTensorValues,
	interpolatePositions,
	NETWORK_INPUTS,
	NETWORK_OUTPUTS,
	type PositionGridRule,
	parseModelConfig,
	parsePreprocessorConfig,
	parseSafetensorsHeader,
	patchPositionsEntry,
	positionTableSide,
	selectTensors,
	type TensorDtype,
} from "@dinoseg/core";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, describe, expect, it } from "vitest";
import { type FixtureTensor, fixturePath, loadTensors } from "../../../fixtures/load.ts";

/** Of the tokens in float32; the reference's own rounding error is some 3e-6. */
const TOLERANCE = 1e-4;

const WEIGHTS = "model.safetensors";
const REFERENCE = fixturePath("reference/backbone/mlp");
const TINY = fileURLToPath(new URL("../../../models/tiny", import.meta.url));

const temporary: string[] = [];
afterAll(() => {
	for (const folder of temporary) {
		rmSync(folder, { recursive: true });
	}
});

interface Network {
	readonly checkpoint: Checkpoint;
	/** Shape (side * side, hidden). */
	readonly positionTable: Float32Array;
	readonly session: InferenceSession;
}

async function open(folder: string, threads = 2): Promise<Network> {
	const bytes = readFileSync(join(folder, WEIGHTS));
	const config = parseModelConfig(readFileSync(join(folder, "config.json"), "utf8"), "config.json");
	const preprocessorFile = join(folder, "preprocessor_config.json");
	const preprocessor = parsePreprocessorConfig(readFileSync(preprocessorFile, "utf8"), "preprocessor_config.json");
	const tensors = selectTensors(config, parseSafetensorsHeader(bytes, bytes.length, WEIGHTS), WEIGHTS);
	const checkpoint = { config, preprocessor, tensors };
	const { dtype, offset, length, shape } = patchPositionsEntry(checkpoint);
	const positionTable = decodeTensorValues(bytes.subarray(offset, offset + length), dtype, shape[0] * shape[1]);
	const session = await InferenceSession.create(buildNetworkGraph(checkpoint), {
		intraOpNumThreads: threads,
		extra: { session: { model_external_initializers_file_folder_path: folder } },
	});
	return { checkpoint, positionTable, session };
}

/**
 * The network's tokens.
 *
 * @param pictures U8 tensor (batch, height, width, 3).
 */
async function run(network: Network, pictures: FixtureTensor, rule: PositionGridRule = "official"): Promise<Tensor> {
	const { checkpoint, positionTable, session } = network;
	const { hiddenSize, patchSize } = checkpoint.config;
	const [batch, height, width] = pictures.shape;
	const [rows, cols] = [height / patchSize, width / patchSize];
	const side = positionTableSide(checkpoint.config);
	const positions = interpolatePositions(positionTable, side, hiddenSize, rows, cols, rule);
	const result = await session.run({
		[NETWORK_INPUTS.pixels]: new Tensor("float32", normalise(checkpoint, pictures), [batch, 3, height, width]),
		[NETWORK_INPUTS.positions]: new Tensor("float32", positions, [rows * cols, hiddenSize]),
	});
	return result[NETWORK_OUTPUTS.tokens] as Tensor;
}

/** (batch, height, width, 3) to (batch, 3, height, width), in float64. */
function normalise({ preprocessor }: Checkpoint, { shape, data }: FixtureTensor): Float32Array {
	const [batch, height, width] = shape;
	const { mean, std, rescaleFactor } = preprocessor;
	const area = height * width;
	return Float32Array.from({ length: batch * 3 * area }, (_, index) => {
		const pixel = index % area;
		const channel = Math.floor(index / area) % 3;
		const picture = Math.floor(index / (3 * area));
		return (data[(picture * area + pixel) * 3 + channel] * rescaleFactor - mean[channel]) / std[channel];
	});
}

function values(tensor: Tensor): Float32Array {
	return tensor.data as Float32Array;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
	expect(a.length).toBe(b.length);
	let largest = 0;
	for (let i = 0; i < a.length; i++) {
		// Math.max keeps a NaN, so one cannot pass for a small difference.
		largest = Math.max(largest, Math.abs(a[i] - b[i]));
	}
	return largest;
}

/** Keep the upper bits of a float32, rounded to nearest even: its bits as a narrower float. */
function narrow(value: number, dtype: TensorDtype): number {
	const bits = new Uint32Array(Float32Array.of(value).buffer)[0];
	if (dtype === "BF16") {
		return (bits + 0x7fff + ((bits >> 16) & 1)) >>> 16;
	}
	const sign = (bits >>> 16) & 0x8000;
	const magnitude = Math.abs(value);
	if (magnitude < 2 ** -14) {
		return sign | Math.round(magnitude * 2 ** 24);
	}
	const kept = bits & 0x7fffffff;
	return sign | ((kept + 0xfff + ((kept >> 13) & 1) - (112 << 23)) >>> 13);
}

/** The checkpoint of the reference with other weights, in a folder that is removed after the tests. */
function writeCheckpoint(dtype: TensorDtype, value: (name: string, value: number) => number, config: object = {}) {
	const folder = mkdtempSync(join(tmpdir(), "dinoseg-network-"));
	temporary.push(folder);
	const header: Record<string, object> = {};
	const parts: Uint8Array[] = [];
	let end = 0;
	for (const [name, { shape, data }] of loadTensors(`reference/backbone/mlp/${WEIGHTS}`)) {
		const changed = Float32Array.from(data, (element) => value(name, element));
		const bytes =
			dtype === "F32"
				? new Uint8Array(changed.buffer)
				: new Uint8Array(Uint16Array.from(changed, (element) => narrow(element, dtype)).buffer);
		header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
		end += bytes.length;
		parts.push(bytes);
	}
	// An odd header puts every tensor at an odd byte: no alignment may be taken for granted.
	const json = JSON.stringify(header);
	const padded = json.length % 2 === 0 ? `${json} ` : json;
	const length = new Uint8Array(BigUint64Array.of(BigInt(padded.length)).buffer);
	writeFileSync(join(folder, WEIGHTS), Buffer.concat([length, Buffer.from(padded), ...parts]));
	for (const name of ["config.json", "preprocessor_config.json"]) {
		const fields = JSON.parse(readFileSync(join(REFERENCE, name), "utf8"));
		writeFileSync(join(folder, name), JSON.stringify(name === "config.json" ? { ...fields, ...config } : fields));
	}
	return folder;
}

const inputs = loadTensors("reference/backbone/inputs.safetensors");

function pictures(size: string): FixtureTensor {
	return inputs.get(`u8.${size}`) as FixtureTensor;
}

describe("the tokens of the reference checkpoint", () => {
	it.each(["126x98", "210x336", "224x224", "518x518", "532x392"])("equal the official code's at %s", async (size) => {
		const network = await open(REFERENCE);
		const outputs = loadTensors(`reference/backbone/mlp/outputs_${size}.safetensors`);
		const official = outputs.get("x_norm_patchtokens") as FixtureTensor;
		const tokens = await run(network, pictures(size));
		expect(tokens.dims).toEqual(official.shape);
		expect(largestDifference(values(tokens), official.data)).toBeLessThanOrEqual(TOLERANCE);
		const hf = outputs.get("hfpos.x_norm_patchtokens");
		if (hf !== undefined) {
			const difference = largestDifference(values(await run(network, pictures(size), "hf")), hf.data);
			expect(difference).toBeLessThanOrEqual(TOLERANCE);
		}
		await network.session.release();
	});

	it("are the same bytes whatever the number of threads", async () => {
		const [one, two] = await Promise.all([open(REFERENCE, 1), open(REFERENCE, 2)]);
		const tokens = values(await run(one, pictures("210x336")));
		expect(values(await run(two, pictures("210x336")))).toEqual(tokens);
		await Promise.all([one.session.release(), two.session.release()]);
	});

	it("do not depend on the other pictures of the batch", async () => {
		const network = await open(REFERENCE);
		const both = pictures("126x98");
		const [, ...size] = both.shape;
		const second = { shape: [1, ...size], data: both.data.subarray(both.data.length / 2) };
		const tokens = values(await run(network, both));
		const alone = values(await run(network, second));
		expect(largestDifference(tokens.subarray(tokens.length / 2), alone)).toBeLessThanOrEqual(1e-5);
		await network.session.release();
	});
});

describe("other checkpoints", () => {
	it.each(["F16", "BF16"] as const)("in %s give the tokens of the same weights in F32", async (dtype) => {
		const widen = (element: number) => {
			const bytes = new Uint8Array(Uint16Array.of(narrow(element, dtype)).buffer);
			return decodeTensorValues(bytes, dtype, 1)[0];
		};
		const narrowed = await open(writeCheckpoint(dtype, (_, element) => element));
		const widened = await open(writeCheckpoint("F32", (_, element) => widen(element)));
		for (const size of ["126x98", "224x224"]) {
			const expected = values(await run(widened, pictures(size)));
			const difference = largestDifference(values(await run(narrowed, pictures(size))), expected);
			expect(difference).toBeLessThanOrEqual(TOLERANCE);
		}
		const reference = loadTensors("reference/backbone/mlp/outputs_224x224.safetensors").get("x_norm_patchtokens");
		const rounding = largestDifference(values(await run(narrowed, pictures("224x224"))), reference?.data ?? []);
		// The narrow weights are really used, and really are those of the reference.
		expect(rounding).toBeGreaterThan(TOLERANCE);
		expect(rounding).toBeLessThan(dtype === "F16" ? 0.05 : 0.5);
		await Promise.all([narrowed.session.release(), widened.session.release()]);
	});

	it("without bias of query, key and value run as with zeros", async () => {
		const isBias = /\.(query|key|value)\.bias$/;
		const zeros = await open(writeCheckpoint("F32", (name, element) => (isBias.test(name) ? 0 : element)));
		const absent = await open(writeCheckpoint("F32", (_, element) => element, { qkv_bias: false }));
		const expected = values(await run(zeros, pictures("126x98")));
		const difference = largestDifference(values(await run(absent, pictures("126x98"))), expected);
		expect(difference).toBeLessThanOrEqual(1e-5);
		await Promise.all([zeros.session.release(), absent.session.release()]);
	});

	it("keep to their layer_norm_eps", async () => {
		const reference = await open(REFERENCE);
		const other = await open(writeCheckpoint("F32", (_, element) => element, { layer_norm_eps: 1e-2 }));
		const expected = values(await run(reference, pictures("126x98")));
		const difference = largestDifference(values(await run(other, pictures("126x98"))), expected);
		expect(difference).toBeGreaterThan(TOLERANCE);
		await Promise.all([reference.session.release(), other.session.release()]);
	});
});

describe("the bundled model", () => {
	it("gives normalised tokens", async () => {
		const network = await open(TINY);
		const tokens = await run(network, pictures("224x224"));
		expect(tokens.dims).toEqual([1, 256, 192]);
		const data = values(tokens);
		expect(data.every(Number.isFinite)).toBe(true);
		const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
		const spread = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
		expect(Math.abs(mean)).toBeLessThan(1);
		expect(spread).toBeGreaterThan(0.1);
		expect(spread).toBeLessThan(10);
		await network.session.release();
	});
});
