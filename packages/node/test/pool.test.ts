import { cp, rename } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { createNetworkPool, type NetworkPool, type NetworkPoolOptions } from "../dist/session/network-pool.js";
import { expectError } from "./support/expect-error.ts";
import { useLiveWorkers } from "./support/live-workers.ts";
import { openFilesBelow, tellsOpenFiles } from "./support/open-files.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";
import { openTinyNetwork, type TinyNetwork } from "./support/tiny-network.ts";

const folder = useTemporaryFolder();
const workers = useLiveWorkers();
let network: TinyNetwork;
const open: NetworkPool[] = [];

beforeAll(async () => {
	network = await openTinyNetwork();
});
afterEach(() => Promise.all(open.splice(0).map((pool) => pool.close())));

async function start(options: Partial<NetworkPoolOptions> = {}): Promise<NetworkPool> {
	const { graph, checkpoint } = network;
	const pool = await createNetworkPool({ graph, folder: checkpoint.folder, threadsPerSession: 1, ...options });
	open.push(pool);
	return pool;
}

describe("the same bytes", () => {
	// From one patch on: the fewer the rows of a matrix, the more its columns are shared out among the threads.
	const sizes: [rows: number, cols: number][] = [
		[1, 1],
		[1, 2],
		[3, 2],
		[8, 11],
		[16, 16],
	];

	it("come out of one session and of two, with any number of threads", async () => {
		const expected = await start();
		const others = [
			await start({ sessions: 2 }),
			await start({ threadsPerSession: 2 }),
			await start({ threadsPerSession: 3 }),
			await start({ threadsPerSession: 8 }),
		];
		for (const [rows, cols] of sizes) {
			const singles = [];
			for (const seed of [1, 2]) {
				singles.push(await expected.run(network.request(rows, cols, seed)));
			}
			for (const pool of others) {
				const outputs = await Promise.all([1, 2].map((seed) => pool.run(network.request(rows, cols, seed))));
				expect(outputs, `${rows} x ${cols}`).toEqual(singles);
			}
		}
	});

	it("come out of a batch of three and of three runs", async () => {
		for (const threadsPerSession of [1, 2]) {
			const pool = await start({ threadsPerSession });
			for (const [rows, cols] of sizes) {
				const batch = await pool.run(network.request(rows, cols, 1, 2, 3));
				const tokens = batch.tokens.length / 3;
				const patches = batch.norms.length / 3;
				for (const [index, seed] of [1, 2, 3].entries()) {
					const single = await pool.run(network.request(rows, cols, seed));
					expect(batch.tokens.slice(index * tokens, (index + 1) * tokens)).toEqual(single.tokens);
					expect(batch.norms.slice(index * patches, (index + 1) * patches)).toEqual(single.norms);
				}
			}
		}
	});
});

describe("a pool", () => {
	it("opens a further session only for a run that finds all of them busy", async () => {
		const pool = await start({ sessions: 2 });
		await pool.run(network.request(2, 2, 1));
		await pool.run(network.request(2, 2, 2));
		expect(pool.size).toBe(1);
		await Promise.all([1, 2, 3, 4].map((seed) => pool.run(network.request(30, 30, seed))));
		// The runs can end before the further session is open.
		await expect.poll(() => pool.size).toBe(2);
	});

	it("goes on with the sessions that it has if there can be no further one", async () => {
		const copy = join(folder.path, "vanishing");
		await cp(network.checkpoint.folder, copy, { recursive: true });
		const pool = await start({ sessions: 2, folder: copy });
		await rename(join(copy, "model.safetensors"), join(copy, "elsewhere"));
		const seeds = [1, 2, 3];
		const outputs = await Promise.all(seeds.map((seed) => pool.run(network.request(10, 10, seed))));
		expect(pool.size).toBe(1);
		const whole = await start();
		for (const [index, seed] of seeds.entries()) {
			expect(outputs[index]).toEqual(await whole.run(network.request(10, 10, seed)));
		}
	});

	it("does not give a run to a session that is busy with a cancelled one", async () => {
		const pool = await start({ sessions: 2 });
		const controller = new AbortController();
		const cancelled = expectError(
			pool.run({ ...network.request(37, 37, 1, 2, 3, 4), signal: controller.signal }),
			"ABORTED",
		);
		setImmediate(() => controller.abort());
		await cancelled;
		expect((await pool.run(network.request(2, 2, 1))).norms).toHaveLength(4);
		// The first session still computes, so that run was another session's.
		expect(pool.size).toBe(2);
	});

	it("drops a cancelled run that waits", async () => {
		const pool = await start();
		const controller = new AbortController();
		const first = pool.run(network.request(10, 10, 1));
		const waiting = network.request(10, 10, 2);
		const dropped = expectError(pool.run({ ...waiting, signal: controller.signal }), "ABORTED");
		controller.abort();
		await dropped;
		await first;
		expect(waiting.pixels.length, "was never sent").toBeGreaterThan(0);
	});

	it("closes while a session is being opened, and refuses what waits", async () => {
		const pool = await start({ sessions: 2 });
		const running = pool.run(network.request(20, 20, 1));
		const waiting = expectError(pool.run(network.request(20, 20, 2)), "DISPOSED");
		const closed = pool.close();
		await waiting;
		expect((await running).norms).toHaveLength(400);
		await closed;
		expect(workers.live).toBe(0);
		await expectError(pool.run(network.request(2, 2, 1)), "DISPOSED");
	});

	it("has no thread and no file left when it is closed, whatever it has opened", async () => {
		const copy = join(folder.path, "closing");
		await cp(network.checkpoint.folder, copy, { recursive: true });
		const before = workers.started;
		const pool = await start({ sessions: 2, folder: copy });
		await Promise.all([1, 2, 3].map((seed) => pool.run(network.request(20, 20, seed))));
		await pool.close();
		expect(workers.started - before).toBe(2);
		expect(workers.live).toBe(0);
		expect(tellsOpenFiles ? await openFilesBelow(copy) : []).toEqual([]);
	});

	it("leaves no thread where it cannot be opened", async () => {
		await expectError(start({ folder: folder.path }), "MODEL_RUN_FAILED");
		await expectError(start({ graph: Uint8Array.of(1, 2, 3) }), "MODEL_RUN_FAILED");
		await workers.allEnded();
		expect(workers.live).toBe(0);
	});

	it.each([
		["sessions", { sessions: 0 }],
		["sessions", { sessions: 1.5 }],
		["threadsPerSession", { threadsPerSession: 0 }],
		["threadsPerSession", { threadsPerSession: Number.NaN }],
	])("refuses a count of %s that is none", async (name, options) => {
		const error = await expectError(start(options), "OPTION_INVALID");
		expect(error.message).toContain(`${name} must be an integer from 1`);
	});
});
