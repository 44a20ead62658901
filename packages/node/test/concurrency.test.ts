import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { SegmentCallOptions } from "@dinoseg/core/engine";
import type { ModelConfig } from "@dinoseg/core/model";
import { SEGMENT_KINDS } from "@dinoseg/core/options";
import { estimateMemory, fittingSessions } from "@dinoseg/node";
import { createSegmenter, planThroughput, type Segmenter } from "@dinoseg/node/segmenter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectError } from "./support/expect-error.ts";
import { useLiveWorkers } from "./support/live-workers.ts";
import { smallExample } from "./support/small-example.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { useSegmenter, withSegmenter } from "./support/with-segmenter.ts";

const folder = useTemporaryFolder();
const workers = useLiveWorkers();
const MEBIBYTE = 2 ** 20;

describe("a segmenter with several pictures at once", () => {
	let pictures: Uint8Array[];
	/** One picture at a time, with one thread: what all others are compared with. */
	let one: Segmenter;
	let pair: Segmenter;
	beforeAll(async () => {
		pictures = await Promise.all(["cat.jpg", "coffee.jpg", "rocket.jpg", "cat.jpg"].map(smallExample));
		one = await createSegmenter({ cache: false, threads: 1 });
		pair = await createSegmenter({ cache: false, sessions: 2, threads: 2 });
	});
	afterAll(() => Promise.all([one, pair].map((segmenter) => segmenter?.dispose())));

	async function expectTokensAsAlone(alone: Segmenter, together: Segmenter): Promise<void> {
		const call = { inputSize: 126 };
		const grids = await Promise.all(pictures.map((picture) => together.features(picture, call)));
		for (const [index, picture] of pictures.entries()) {
			expect(grids[index]).toEqual(await alone.features(picture, call));
		}
	}

	it("gives each the tokens that it has alone (fp32)", () => expectTokensAsAlone(one, pair));

	it("gives each the tokens that it has alone (int8)", async () => {
		const options = { dtype: "int8", cacheFolder: folder.path } as const;
		await withSegmenter({ ...options, threads: 1 }, (alone) =>
			withSegmenter({ ...options, sessions: 2, threads: 2 }, (together) => expectTokensAsAlone(alone, together)),
		);
	});

	it("gives segments that do not depend on the number of threads", async () => {
		await withSegmenter({ threads: 3 }, async (three) => {
			for (const segments of SEGMENT_KINDS) {
				const [expected, more] = await Promise.all(
					[one, three].map((segmenter) => segmenter.segment(pictures[1], { segments, inputSize: 224 })),
				);
				expect(more.labels, segments).toEqual(expected.labels);
				expect(more.confidence, segments).toEqual(expected.confidence);
				expect(more.choice, segments).toEqual(expected.choice);
			}
		});
	});

	it("serves more variants at once than it keeps open", async () => {
		const variants = [
			{},
			{ facet: "key" },
			{ layer: [-2] },
			{ layer: [0, -1] },
			{ stride: 7 },
			{ facet: "value", layer: [2] },
			{},
		] as const;
		const call = { inputSize: 70 };
		const together = await Promise.all(variants.map((variant) => pair.features(pictures[0], { ...call, ...variant })));
		for (const [index, variant] of variants.entries()) {
			expect(together[index]).toEqual(await one.features(pictures[0], { ...call, ...variant }));
		}
		expect(together[3].dim).toBe(2 * together[0].dim);
		expect([together[4].rows, together[4].stride]).toEqual([together[0].rows * 2 - 1, 7]);
		expect(together.every(({ norms, rows, cols }) => norms.length === rows * cols)).toBe(true);
	});

	it("keeps variants apart in the cache", async () => {
		const cacheFolder = join(folder.path, "variants");
		await withSegmenter({ cache: true, cacheFolder }, async (segmenter) => {
			const calls = [{}, { facet: "query" }, { positionGrid: "hf" }, { layer: [-1, -1] }, { stride: 10 }] as const;
			const features = (call: SegmentCallOptions) => segmenter.features(pictures[0], { inputSize: 84, ...call });
			const first = [];
			for (const call of calls) {
				first.push(await features(call));
			}
			for (const [index, call] of calls.entries()) {
				expect(await features(call)).toEqual(first[index]);
			}
			expect(new Set(first.map(({ data }) => `${data.length} ${data.slice(0, 9)}`)).size).toBe(calls.length);
			// Written out or counted from the end, the last layer is the same.
			const last = segmenter.model.config.layers - 1;
			let cached = false;
			await features({
				layer: [last],
				onEvent: (event) => {
					cached ||= event.type === "stage-end" && event.stage === "network" && event.cached === true;
				},
			});
			expect(cached).toBe(true);
		});
	});

	it("can be disposed of with several in flight", async () => {
		const before = workers.live;
		const segmenter = await createSegmenter({ cache: false, sessions: 2, threads: 1 });
		const running = pictures.map((picture) =>
			segmenter.features(picture, { inputSize: 112 }).then(
				() => "done",
				(error) => error.code,
			),
		);
		await segmenter.dispose();
		for (const outcome of await Promise.all(running)) {
			expect(["done", "DISPOSED"]).toContain(outcome);
		}
		expect(workers.live).toBe(before);
	});
});

describe("options that depend on the model", () => {
	const withShared = useSegmenter();

	it.each([
		[{ layer: [8] }, /^layer must be one of the model's 8 layers .*got 8/],
		[{ layer: [-1, -9] }, /^layer .*got -9/],
		[{ stride: 15 }, /^stride must be an integer from 1 to the model's patch size, 14 pixels, got 15/],
		[{ inputSize: 13 }, /^inputSize must be an integer from 14 to 4096, got 13/],
		[{ inputSize: { width: 224, height: 225 } }, /^Both sides of inputSize must be multiples of the patch \(14\)/],
		[{ clusters: 0 }, /clusters must be an integer from 1 to 1024, got 0/],
	])("%j is refused before any picture", async (options, message) => {
		await withShared(async (segmenter) => {
			expect(() => segmenter.validate(options)).toThrow(
				expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringMatching(message) }),
			);
			await expectError(segmenter.segment("nowhere.jpg", options), "OPTION_INVALID");
		});
	});

	it("that fit are taken", async () => {
		await withShared(async (segmenter) => {
			segmenter.validate({});
			segmenter.validate({ layer: [0, 7, -8], stride: 1, inputSize: { width: 14, height: 4088 } });
		});
	});

	it.each([
		[{ sessions: 0 }, "sessions"],
		[{ threads: 1025 }, "threads"],
		[{ dtype: "fp16" as "fp32" }, "dtype"],
	])("a segmenter with %j is refused", async (options, name) => {
		const error = await expectError(createSegmenter(options), "OPTION_INVALID");
		expect(error.message).toMatch(new RegExp(`^${name} must be`));
	});
});

describe("the estimate of memory", () => {
	const LARGE: ModelConfig = {
		family: "dinov2",
		hiddenSize: 1024,
		layers: 24,
		heads: 16,
		mlp: "gelu",
		mlpSize: 4096,
		registers: 0,
		patchSize: 14,
		imageSize: 518,
		layerNormEps: 1e-6,
		biases: { query: true, key: true, value: true },
	};
	const input = { inputWidth: 518, inputHeight: 518 };

	it("is what was measured of ViT-L/14, at most a tenth above", () => {
		// Peak beyond an idle process: 1370 MiB with one session, 2707 with two; int8 501.
		const total = (dtype: "fp32" | "int8", sessions: number) =>
			estimateMemory(LARGE, dtype, { ...input, sessions }).total / MEBIBYTE;
		for (const [estimate, measured] of [
			[total("fp32", 1), 1370],
			[total("fp32", 2), 2707],
			[total("int8", 1), 501],
		]) {
			expect(estimate).toBeGreaterThanOrEqual(measured);
			expect(estimate).toBeLessThan(1.1 * measured);
		}
	});

	it("grows with the tokens, and the weights with the sessions only", () => {
		const of = (changes: object) => estimateMemory(LARGE, "fp32", { ...input, sessions: 1, ...changes });
		expect(of({ batch: 3 }).activations).toBe(3 * of({}).activations);
		expect(of({ stride: 7 }).activations).toBeGreaterThan(3 * of({}).activations);
		expect(of({ stride: 14 })).toEqual(of({}));
		expect(of({ sessions: 3 }).weights).toBe(of({}).weights);
		expect(of({ sessions: 3 }).total - of({ sessions: 2 }).total).toBe(
			of({ sessions: 2 }).total - of({ sessions: 1 }).total,
		);
	});

	it.runIf(process.platform === "linux")("holds for the bundled model, and is at most double", async () => {
		for (const [sessions, side] of [
			[1, 224],
			[2, 518],
		]) {
			const { peak, estimate } = await measurePeak(sessions, side);
			expect(peak / estimate, `${sessions} sessions at ${side}`).toBeLessThan(1.1);
			expect(peak / estimate, `${sessions} sessions at ${side}`).toBeGreaterThan(0.5);
		}
	});

	it("limits the sessions to the memory that is free", () => {
		const gibibyte = 2 ** 30;
		expect(fittingSessions(4, gibibyte, 100 * gibibyte)).toBe(4);
		expect(fittingSessions(4, gibibyte, 3 * gibibyte)).toBe(2);
		expect(fittingSessions(4, gibibyte, 0)).toBe(1);
	});
});

/** Memory that a process takes for a pool of the bundled model at work, beyond what it had before. */
async function measurePeak(sessions: number, side: number): Promise<{ peak: number; estimate: number }> {
	const script = `
		import { readFileSync, writeFileSync } from "node:fs";
		import { estimateMemory } from "@dinoseg/node";
		import { createNetworkPool } from "${new URL("../dist/session/network-pool.js", import.meta.url).href}";
		import { openTinyNetwork } from "${new URL("./support/tiny-network.ts", import.meta.url).href}";
		const kibibytes = (field) =>
			Number(new RegExp(field + ":\\\\s+(\\\\d+) kB").exec(readFileSync("/proc/self/status", "utf8"))[1]);
		const { graph, checkpoint, request } = await openTinyNetwork();
		const before = kibibytes("VmRSS");
		writeFileSync("/proc/self/clear_refs", "5");
		const pool = await createNetworkPool({
			graph, folder: checkpoint.folder, sessions: ${sessions}, threadsPerSession: 1,
		});
		const side = ${side} / 14;
		for (let round = 0; round < 2; round++) {
			await Promise.all(Array.from({ length: ${sessions} }, (_, seed) => pool.run(request(side, side, seed))));
		}
		const peak = (kibibytes("VmHWM") - before) * 1024;
		await pool.close();
		const size = { inputWidth: ${side}, inputHeight: ${side}, sessions: ${sessions} };
		console.log(JSON.stringify({ peak, estimate: estimateMemory(checkpoint.config, "fp32", size).total }));
	`;
	const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
		cwd: new URL("..", import.meta.url),
		stdio: ["ignore", "pipe", "inherit"],
	});
	let stdout = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
	});
	expect((await once(child, "close"))[0]).toBe(0);
	return JSON.parse(stdout);
}

describe("the plan for several images", () => {
	it("is one session with all threads for one image", () => {
		expect(planThroughput(1, undefined, 8)).toEqual({ imagesInFlight: 1, sessions: 1 });
		expect(planThroughput(0, undefined, 8)).toEqual({ imagesInFlight: 1, sessions: 1 });
	});

	it("never has more in flight than asked for, nor more sessions than cores", () => {
		for (const cores of [1, 2, 4, 16]) {
			for (const images of [1, 2, 5, 100]) {
				for (const concurrency of [undefined, 1, 2, 7, 64]) {
					const plan = planThroughput(images, concurrency, cores);
					expect(plan.imagesInFlight).toBeLessThanOrEqual(Math.min(images, concurrency ?? images));
					expect(plan.sessions).toBeLessThanOrEqual(Math.min(plan.imagesInFlight, cores));
					expect(plan.sessions).toBeGreaterThanOrEqual(1);
				}
			}
		}
	});
});
