import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createRandom } from "@dinoseg/core";
import { expect, it } from "vitest";
import { blobName, type HubServer } from "../../../fixtures/hub-server.ts";
import { isFull } from "../../../fixtures/is-full.ts";
import { findCachedModel } from "../dist/hub/index.js";
import { listTree, noise, noiseRepo, REPO, useHubServers } from "./support/hub-models.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const BYTES = 16 * 2 ** 20;
const KILLS = isFull ? 20 : 5;
const SCRIPT = `
	import { pullModel } from "${new URL("../dist/hub/index.js", import.meta.url).href}";
	const model = await pullModel("dinov2-small");
	console.log(JSON.stringify(model.folder));
`;

const start = useHubServers();
const root = useTemporaryFolder();

/** The environment without what would lead a pull to the user's own cache, token or proxy. */
function withoutHubSettings(): NodeJS.ProcessEnv {
	const names = /^(HF_|HUGGING|TRANSFORMERS_OFFLINE$|(https?|no)_proxy$)/i;
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)));
}

function pullInProcess(server: HubServer, home: string): ChildProcess {
	return spawn(process.execPath, ["--input-type=module", "-e", SCRIPT], {
		cwd: new URL("..", import.meta.url),
		env: { ...withoutHubSettings(), HF_ENDPOINT: server.url, HF_HOME: home },
		stdio: ["ignore", "pipe", "inherit"],
	});
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; signal: string | null; folder: string }> {
	let text = "";
	child.stdout?.on("data", (chunk) => {
		text += chunk;
	});
	const [code, signal] = (await once(child, "close")) as [number | null, string | null];
	return { code, signal, folder: text === "" ? "" : JSON.parse(text) };
}

/** Bytes of the weights on disk under a name that is not final. */
async function partBytes(home: string): Promise<number> {
	const lines = await listTree(join(home, "hub")).catch(() => []);
	const hash = blobName(noise(BYTES), true);
	return Number(
		lines
			.find((line) => line.includes(`${hash}.dinoseg.`))
			?.split(" ")
			.at(-1) ?? 0,
	);
}

it(`a pull killed at ${KILLS} random points never takes a part for the whole, and finishes`, async () => {
	const server = await start({ [REPO]: noiseRepo(BYTES) });
	const home = join(root.path, "killed");
	const random = createRandom(isFull ? 1 : 3);
	let kills = 0;
	for (let killed = 0; killed < KILLS; killed++) {
		const before = await partBytes(home);
		const child = pullInProcess(server, home);
		// Some points lie before the weights: among the first requests.
		const atRequest = random.next() < 0.2 ? server.requests.length + 1 + Math.floor(random.next() * 4) : Infinity;
		const limit = Math.floor(random.next() * ((BYTES - before) / 2));
		server.misbehave = () => {
			if (server.requests.length >= atRequest) {
				child.kill("SIGKILL");
			}
			return undefined;
		};
		server.onSent = (request) => {
			if (request.host === "storage" && request.sent >= limit) {
				child.kill("SIGKILL");
			}
		};
		const mark = server.requests.length;
		const { signal } = await outcome(child);
		kills += signal === "SIGKILL" ? 1 : 0;
		const [resumed] = server.requests.slice(mark).filter((request) => request.host === "storage");
		if (resumed !== undefined) {
			// No byte that was on disk is asked for again.
			expect(resumed.from).toBe(before);
		}
		const found = await findCachedModel(REPO, { cacheFolder: join(home, "hub") });
		expect(found, "complete only if it finished before the signal came").toEqual(
			signal === "SIGKILL" ? undefined : expect.anything(),
		);
	}
	expect(kills).toBe(KILLS);
	server.misbehave = () => undefined;
	server.onSent = () => undefined;
	const { code, folder } = await outcome(pullInProcess(server, home));
	expect(code).toBe(0);
	expect((await readFile(join(folder, "model.safetensors"))).equals(noise(BYTES))).toBe(true);
	expect((await listTree(home)).filter((line) => /incomplete|tmp/.test(line))).toEqual([]);
});

it("two processes at once: one download, or two correct ones", async () => {
	const server = await start({ [REPO]: noiseRepo(BYTES) });
	const home = join(root.path, "two");
	const both = await Promise.all([1, 2].map(() => outcome(pullInProcess(server, home))));
	expect(both.map(({ code }) => code)).toEqual([0, 0]);
	expect(both[0].folder).toBe(both[1].folder);
	expect((await readFile(join(both[0].folder, "model.safetensors"))).equals(noise(BYTES))).toBe(true);
	expect(server.requests.filter((request) => request.host === "storage").length).toBeLessThanOrEqual(2);
	expect((await listTree(home)).filter((line) => /incomplete|tmp/.test(line))).toEqual([]);
	expect((await stat(join(both[0].folder, "model.safetensors"))).size).toBe(BYTES);
});

it("a process waits for the download of another, and takes over when that one is killed", async () => {
	const server = await start({ [REPO]: noiseRepo(BYTES) });
	const home = join(root.path, "waiting");
	const first = pullInProcess(server, home);
	const halfway = new Promise<void>((resolve) => {
		server.onSent = (request) => {
			if (request.host === "storage" && request.sent >= BYTES / 2) {
				first.kill("SIGSTOP");
				resolve();
			}
		};
	});
	await halfway;
	server.onSent = () => undefined;
	const mark = server.requests.length;
	const listed = new Promise<void>((resolve) => {
		server.misbehave = (request) => {
			if (server.requests.length > mark && request.path.includes("/tree/")) {
				resolve();
			}
			return undefined;
		};
	});
	const second = outcome(pullInProcess(server, home));
	await listed;
	first.kill("SIGKILL");
	const { code, folder } = await second;
	expect(code).toBe(0);
	expect((await readFile(join(folder, "model.safetensors"))).equals(noise(BYTES))).toBe(true);
	const [, resumed] = server.requests.filter((request) => request.host === "storage");
	expect(resumed.from).toBeGreaterThan(0);
});
