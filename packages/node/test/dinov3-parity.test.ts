import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeTensorValues, type TensorDtype } from "@dinoseg/core/model";
import type { Facet } from "@dinoseg/core/options";
import { loadCheckpoint } from "@dinoseg/node";
import { describe, expect, it } from "vitest";
import { forwardPassDinov3 } from "../../../fixtures/forward-pass/dinov3.ts";
import { toTimm } from "../../../fixtures/forward-pass/timm-layout.ts";
import { readForwardModel } from "../../../fixtures/forward-pass.ts";
import { type FixtureTensor, fixturePath, loadTensors } from "../../../fixtures/load.ts";
import {
	narrowFloats,
	type TensorSpec,
	writeSafetensors,
	writeShardedSafetensors,
} from "../../../fixtures/safetensors-writer.ts";
import { largestDifference, readCheckpoint, runNetwork, useNetworks } from "./support/run-network.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

/** Of everything in float32. */
const TOLERANCE = 1e-4;
const MODELS = ["mlp", "gated", "nobias"] as const;
const SIZES = ["224x224", "96x160", "16x16", "336x128"] as const;

const temporary = useTemporaryFolder();
const inputs = loadTensors("reference/dinov3/inputs.safetensors");

function picture(size: string): FixtureTensor {
	return inputs.get(`u8.${size}`) as FixtureTensor;
}

function folderOf(model: string): string {
	return fixturePath(`reference/dinov3/${model}`);
}

function reference(model: string, size: string, tensor: string): FixtureTensor {
	return loadTensors(`reference/dinov3/${model}/outputs_${size}.safetensors`).get(tensor) as FixtureTensor;
}

describe.each(MODELS)("the reference checkpoint %s", (model) => {
	const run = useNetworks(readCheckpoint(folderOf(model)));

	it.each(SIZES)("gives the official code's tokens and facets at %s", async (size) => {
		const expectEqual = async (tensor: string, choice: { facet?: Facet; layer?: readonly number[] }): Promise<void> => {
			const expected = reference(model, size, tensor);
			const { tokens, norms } = await run(picture(size), choice);
			expect(tokens.shape).toEqual(expected.shape);
			expect(norms.shape).toEqual(expected.shape.slice(0, 2));
			expect(largestDifference(tokens.data, expected.data), tensor).toBeLessThanOrEqual(TOLERANCE);
		};
		await expectEqual("x_norm_patchtokens", {});
		await expectEqual("layer1.x_norm_patchtokens", { layer: [1] });
		for (const facet of ["query", "key", "value"] as const) {
			await expectEqual(`facet.${facet}`, { facet });
		}
	});

	it("gives the official code's tokens in the plain forward pass", () => {
		const { data, shape } = picture("96x160");
		const [, height, width] = shape;
		const { mean, std, rescaleFactor } = readCheckpoint(folderOf(model)).preprocessor;
		const area = height * width;
		const pixels = Float64Array.from({ length: 3 * area }, (_, i) => {
			const channel = Math.floor(i / area);
			return (data[(i % area) * 3 + channel] * rescaleFactor - mean[channel]) / std[channel];
		});
		const trace = forwardPassDinov3(readForwardModel(folderOf(model)), { pixels, height, width });
		const last = trace.blocks.at(-1);
		const patches = (rows: Float64Array) => rows.subarray(trace.extra * 96);
		for (const [tensor, actual] of [
			["x_norm_patchtokens", trace.normalise(last?.output ?? new Float64Array())],
			["layer1.x_norm_patchtokens", trace.normalise(trace.blocks[1].output)],
			["facet.key", last?.key ?? new Float64Array()],
		] as const) {
			const expected = reference(model, "96x160", tensor).data;
			expect(largestDifference(patches(actual), expected), tensor).toBeLessThanOrEqual(2e-5);
		}
	});
});

interface CopyOptions {
	readonly dtype: TensorDtype;
	/** Values as narrow as those of the dtype, but in F32. */
	readonly widen: boolean;
	readonly isTimm: boolean;
	/** 0 is one file. */
	readonly shardBytes: number;
}

/** Write a reference checkpoint otherwise. */
async function writeCopy(
	model: string,
	name: string,
	{ dtype = "F32", isTimm = false, shardBytes = 0, widen = false }: Partial<CopyOptions>,
): Promise<string> {
	const folder = join(temporary.path, name);
	mkdirSync(folder);
	const specs = [...loadTensors(`reference/dinov3/${model}/model.safetensors`)].map(
		([tensor, { shape, data }]): TensorSpec => {
			const narrow = dtype === "F32" ? data : narrowFloats(data as Float32Array, dtype);
			const bytes = new Uint8Array(narrow.buffer, narrow.byteOffset, narrow.byteLength);
			const values = decodeTensorValues(bytes, dtype, data.length);
			const fill: TensorSpec["fill"] = (target, start) => target.set(values.subarray(start, start + target.length));
			return { name: tensor, dtype: widen ? "F32" : dtype, shape, fill };
		},
	);
	const tensors = isTimm ? toTimm(specs) : specs;
	if (shardBytes > 0) {
		await writeShardedSafetensors(folder, tensors, shardBytes);
	} else {
		await writeSafetensors(join(folder, "model.safetensors"), tensors);
	}
	if (isTimm) {
		const size = model === "mlp" ? "small" : "small_plus";
		const config = {
			architecture: `vit_${size}_patch16_dinov3${model === "nobias" ? "" : "_qkvb"}`,
			model_args: { embed_dim: 96, depth: 4, num_heads: 3, mlp_ratio: model === "nobias" ? 2 : 4 },
			pretrained_cfg: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
		};
		writeFileSync(join(folder, "config.json"), JSON.stringify(config));
	} else {
		for (const file of ["config.json", "preprocessor_config.json"]) {
			cpSync(join(folderOf(model), file), join(folder, file));
		}
	}
	return folder;
}

describe("other checkpoints", () => {
	it.each(MODELS)("%s in timm's layout, in several files, gives the same tokens", async (model) => {
		const folder = await writeCopy(model, `timm-${model}`, { isTimm: true, shardBytes: 200_000 });
		const copy = await loadCheckpoint(folder);
		const { tokens } = await runNetwork(copy, picture("96x160"));
		const expected = (await runNetwork(readCheckpoint(folderOf(model)), picture("96x160"))).tokens;
		expect(largestDifference(tokens.data, expected.data)).toBeLessThanOrEqual(1e-5);
	});

	it.each([
		["mlp", "F16"],
		["gated", "BF16"],
		["nobias", "F16"],
	] as const)("%s in %s gives the tokens of the same weights in F32", async (model, dtype) => {
		const narrowed = readCheckpoint(await writeCopy(model, `${model}-${dtype}`, { dtype }));
		const widened = readCheckpoint(await writeCopy(model, `${model}-${dtype}-widened`, { dtype, widen: true }));
		const choice = { layer: [1, 3] };
		const actual = (await runNetwork(narrowed, picture("96x160"), choice)).tokens.data;
		const expected = (await runNetwork(widened, picture("96x160"), choice)).tokens.data;
		expect(largestDifference(actual, expected)).toBeLessThanOrEqual(TOLERANCE);
		const official = reference(model, "96x160", "x_norm_patchtokens").data;
		const rounding = largestDifference((await runNetwork(narrowed, picture("96x160"))).tokens.data, official);
		// The narrow weights are really used, and really are those of the reference.
		expect(rounding).toBeGreaterThan(TOLERANCE);
		expect(rounding).toBeLessThan(dtype === "F16" ? 0.05 : 0.5);
	});

	it("does not mix the pictures of a batch, and does not depend on the number of threads", async () => {
		const checkpoint = readCheckpoint(folderOf("gated"));
		const { shape, data } = picture("96x160");
		const both = Uint8Array.of(...data.toReversed(), ...data);
		const run = (threads: number) => runNetwork(checkpoint, { shape: [2, ...shape.slice(1)], data: both }, { threads });
		const two = await run(2);
		expect(await run(1)).toEqual(two);
		const alone = (await runNetwork(checkpoint, picture("96x160"))).tokens.data;
		expect(largestDifference(two.tokens.data.subarray(alone.length), alone)).toBeLessThanOrEqual(1e-5);
	});
});
