/** Downloads 1.2 GB from a server that drops the line 20 times. Prints one line of JSON for `soak.ts`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createRandom } from "@dinoseg/core";
import { pullModel, verifyModel } from "@dinoseg/node";
import { noiseRepo } from "../fixtures/hub-repos.ts";
import { startHubServer } from "../fixtures/hub-server.ts";

const BYTES = 1.2e9;
const CUTS = 20;

const server = await startHubServer({ "facebook/dinov2-large": noiseRepo(BYTES) });
const home = await mkdtemp(join(tmpdir(), "dinoseg-soak-"));
const random = createRandom(5);
let cuts = 0;
/** Bytes that were sent twice, of each cut. */
const overlaps: number[] = [];
server.misbehave = (request) => {
	if (request.host !== "storage") {
		return undefined;
	}
	const before = server.requests.filter(({ host }) => host === "storage").at(-2);
	if (before) {
		overlaps.push(before.from + before.sent - request.from);
	}
	return cuts++ < CUTS ? { cutAfter: 1 + Math.floor((random.next() * BYTES) / CUTS) } : undefined;
};
try {
	const env = { HF_ENDPOINT: server.url, HF_HOME: home };
	const clock = { now: () => Date.now(), sleep: async () => {} };
	const start = performance.now();
	await pullModel("dinov2-large", { env, clock });
	const seconds = (performance.now() - start) / 1000;
	const files = await verifyModel(undefined, { env });
	const verified = files.every(({ status }) => status === "ok");
	const refetched = overlaps.reduce((sum, bytes) => sum + bytes, 0);
	console.log(
		JSON.stringify({ bytes: BYTES, cuts: CUTS, seconds, refetched, largest: Math.max(...overlaps), verified }),
	);
	process.exitCode = verified ? 0 : 1;
} finally {
	await server.close();
	await rm(home, { recursive: true });
}
