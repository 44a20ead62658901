import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { createRandom } from "@dinoseg/core";
import { afterEach, expect } from "vitest";
import { type HubServer, type ServedRepo, startHubServer } from "../../../../fixtures/hub-server.ts";
import { type CachedModel, findCachedModel, type PullOptions, pullModel } from "../../dist/hub/index.js";
import { type CodedError, expectError } from "./expect-error.ts";

export { COMMIT, CONFIG, noise, noiseRepo } from "../../../../fixtures/hub-repos.ts";

/** The repository that tests pull from. */
export const REPO = "facebook/dinov2-small";

/** Start servers that end with their test. */
export function useHubServers(): (repos: Readonly<Record<string, ServedRepo>>) => Promise<HubServer> {
	const servers: HubServer[] = [];
	afterEach(async () => {
		await Promise.all(servers.splice(0).map((server) => server.close()));
	});
	return async (repos) => {
		const server = await startHubServer(repos);
		servers.push(server);
		return server;
	};
}

/** Every file below a folder with its size or the target of its link, sorted. */
export async function listTree(folder: string): Promise<string[]> {
	const lines: string[] = [];
	for (const path of await readdir(folder, { recursive: true })) {
		const full = join(folder, path);
		const status = await lstat(full);
		const name = relative(folder, full).replaceAll("\\", "/");
		if (status.isSymbolicLink()) {
			lines.push(`${name} -> ${(await readlink(full)).replaceAll("\\", "/")}`);
		} else if (status.isFile()) {
			const content = name.includes("/refs/") ? ` ${await readFile(full, "utf8")}` : "";
			lines.push(`${name} ${status.size}${content}`);
		}
	}
	return lines.sort();
}

/** A pull, and the pauses between its attempts, which take no time. */
interface StartedPull {
	readonly cacheFolder: string;
	readonly delays: number[];
	readonly running: Promise<CachedModel>;
}

type NamedPullOptions = PullOptions & { readonly name?: string };

/** Pulls into caches of their own below a folder. */
export function useFailingPulls(root: { readonly path: string }) {
	let pulls = 0;

	function pull(server: HubServer | string, options: NamedPullOptions = {}): StartedPull {
		const endpoint = typeof server === "string" ? server : server.url;
		const cacheFolder = join(root.path, `cache-${pulls++}`);
		const delays: number[] = [];
		const running = pullModel(options.name ?? "dinov2-small", {
			home: root.path,
			cacheFolder,
			clock: {
				now: () => Date.now(),
				sleep: async (milliseconds) => {
					delays.push(milliseconds);
				},
			},
			random: createRandom(1),
			...options,
			env: { HF_ENDPOINT: endpoint, ...options.env },
		});
		return { cacheFolder, delays, running };
	}

	/** Expect a pull to fail with a code. Whatever went wrong, nothing may look like a model. */
	async function expectFailure(
		server: HubServer | string,
		code: string,
		options: NamedPullOptions = {},
	): Promise<{ readonly error: CodedError; readonly delays: readonly number[] }> {
		const { cacheFolder, delays, running } = pull(server, options);
		const error = await expectError(running, code);
		expect(await findCachedModel(REPO, { cacheFolder })).toBeUndefined();
		const tree = await listTree(cacheFolder).catch(() => []);
		expect(tree.filter((line) => /snapshots.*\/model\.safetensors /.test(line))).toEqual([]);
		return { error, delays };
	}

	return { pull, expectFailure };
}
