import { tmpdir } from "node:os";
import { placeInputs, resolveVariant } from "@dinoseg/core/model";
import { buildNetworkGraph } from "@dinoseg/core/model/graph";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadedCheckpoint, loadCheckpoint } from "../dist/model/load-checkpoint.js";
import { resolveModel } from "../dist/model/resolve-model.js";
import type { NetworkRun } from "../dist/session/network-pool.js";
import { createNetworkSession, type NetworkSession } from "../dist/session/network-session.js";
import { expectError } from "./support/expect-error.ts";

let checkpoint: LoadedCheckpoint;
let graph: Uint8Array;
const open: NetworkSession[] = [];
/** For tests that do not close it. */
let session: NetworkSession;

beforeAll(async () => {
	checkpoint = await loadCheckpoint((await resolveModel("tiny")).folder);
	graph = buildNetworkGraph(
		checkpoint,
		resolveVariant(checkpoint.config, { facet: "token", layer: [-1], stride: "patch" }),
	);
	session = await start();
});
afterAll(() => Promise.all(open.map((session) => session.close())));

async function start(): Promise<NetworkSession> {
	const session = await createNetworkSession({ graph, folder: checkpoint.folder, threads: 1 });
	open.push(session);
	return session;
}

/** A picture of `rows` x `cols` patches. */
function request(batch: number, rows: number, cols: number, value = 0.5): NetworkRun {
	const { patchSize } = checkpoint.config;
	const [height, width] = [rows * patchSize, cols * patchSize];
	return {
		pixels: Float32Array.from({ length: batch * 3 * height * width }, (_, i) => value + Math.sin(i)),
		shape: [batch, 3, height, width],
		places: placeInputs(checkpoint, { width, height }, { stride: patchSize, positionGrid: "official" }),
	};
}

describe("a network session", () => {
	it("gives finite tokens and norms of the asked shape, the same each time", async () => {
		const output = await session.run(request(2, 5, 3));
		expect(output.tokens).toBeInstanceOf(Float32Array);
		expect(output.tokens).toHaveLength(2 * 15 * checkpoint.config.hiddenSize);
		expect(output.tokens.every(Number.isFinite)).toBe(true);
		expect(output.norms).toHaveLength(2 * 15);
		expect(output.norms.every((norm) => norm > 0 && Number.isFinite(norm))).toBe(true);
		expect(await session.run(request(2, 5, 3))).toEqual(output);
	});

	it("takes the pixels' memory and leaves the places alone", async () => {
		const given = request(1, 2, 2);
		const places = structuredClone(given.places);
		await session.run(given);
		expect(given.pixels).toHaveLength(0);
		expect(given.places).toEqual(places);
	});

	it("copies pixels that are a part of a larger buffer", async () => {
		const whole = request(1, 2, 2);
		const larger = new Float32Array(whole.pixels.length + 5);
		larger.set(whole.pixels, 5);
		const output = await session.run({ ...whole, pixels: larger.subarray(5) });
		expect(larger.length).toBe(3 * 28 * 28 + 5);
		expect(await session.run(whole)).toEqual(output);
	});

	it("answers runs in their order, each with its own tokens", async () => {
		const alone = [await session.run(request(1, 2, 3, 0)), await session.run(request(1, 3, 2, 1))];
		const finished: number[] = [];
		const together = [request(1, 2, 3, 0), request(1, 3, 2, 1)].map(async (run, index) => {
			const output = await session.run(run);
			finished.push(index);
			return output;
		});
		expect(await Promise.all(together)).toEqual(alone);
		expect(finished).toEqual([0, 1]);
	});

	it("leaves the event loop live while it computes", async () => {
		let isDone = false;
		let turns = 0;
		const tick = (): void => {
			turns++;
			if (!isDone) {
				setImmediate(tick);
			}
		};
		setImmediate(tick);
		await session.run(request(1, 37, 37));
		isDone = true;
		// The main thread computing would be one turn as long as the run.
		expect(turns).toBeGreaterThan(100);
	});

	it("refuses pixels that do not fit their shape", async () => {
		await expectError(session.run({ ...request(1, 2, 2), shape: [1, 3, 28, 42] }), "SHAPE_MISMATCH");
	});

	it("says what onnxruntime cannot run, and goes on", async () => {
		const { places } = request(1, 2, 2);
		const error = await expectError(session.run({ ...request(1, 3, 3), places }), "MODEL_RUN_FAILED");
		expect(error.message).toContain("pixels (1, 3, 42, 42)");
		expect((await session.run(request(1, 2, 2))).norms).toHaveLength(4);
	});
});

describe("cancelling", () => {
	it("rejects at once, and the session goes on", async () => {
		const { signal, abort } = abortable();
		const ended: string[] = [];
		const long = expectError(session.run({ ...request(2, 37, 37), signal }), "ABORTED");
		void long.then(() => ended.push("long"));
		const next = session.run(request(1, 2, 2));
		void next.then(() => ended.push("next"));
		await nextTurn();
		abort();
		// The thread computes for many turns.
		await nextTurn();
		expect(ended).toEqual(["long"]);
		expect((await long).cause).toBe("enough");
		expect((await next).norms).toHaveLength(4);
	});

	it("drops a run that waits", async () => {
		const { signal, abort } = abortable();
		const first = session.run(request(1, 10, 10));
		const waiting = request(1, 10, 10);
		const dropped = expectError(session.run({ ...waiting, signal }), "ABORTED");
		abort();
		await dropped;
		await first;
		await session.run(request(1, 2, 2));
		expect(waiting.pixels.length, "was never sent").toBeGreaterThan(0);
	});

	it("refuses a run that was cancelled before", async () => {
		await expectError(session.run({ ...request(1, 2, 2), signal: AbortSignal.abort() }), "ABORTED");
	});

	it("does not mind a signal after the end", async () => {
		const { signal, abort } = abortable();
		const { norms } = await session.run({ ...request(1, 2, 2), signal });
		abort();
		expect(norms).toHaveLength(4);
	});
});

describe("closing", () => {
	it("lets the run in flight finish, refuses those that wait and all later ones", async () => {
		const session = await start();
		const inFlight = session.run(request(1, 20, 20));
		const waiting = expectError(session.run(request(1, 20, 20)), "DISPOSED");
		const closed = session.close();
		await waiting;
		expect((await inFlight).norms).toHaveLength(400);
		await closed;
		await expectError(session.run(request(1, 2, 2)), "DISPOSED");
	});

	it("may be asked for twice", async () => {
		const session = await start();
		await Promise.all([session.close(), session.close()]);
		await session.close();
	});
});

describe("opening", () => {
	it("says which folder holds no such weights", async () => {
		const folder = tmpdir();
		const error = await expectError(createNetworkSession({ graph, folder, threads: 1 }), "MODEL_RUN_FAILED");
		expect(error.message).toContain(`${folder}: onnxruntime could not load the network (`);
	});

	it("says that a graph is none", async () => {
		const options = { graph: new Uint8Array([1, 2, 3]), folder: checkpoint.folder, threads: 1 };
		await expectError(createNetworkSession(options), "MODEL_RUN_FAILED");
	});

	it("refuses a count of threads that is none", async () => {
		const options = { graph, folder: checkpoint.folder, threads: 0 };
		await expectError(createNetworkSession(options), "OPTION_INVALID");
	});
});

function abortable(): { signal: AbortSignal; abort: () => void } {
	const controller = new AbortController();
	return { signal: controller.signal, abort: () => controller.abort("enough") };
}

/** Until the event loop has come around. */
function nextTurn(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
