import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterEach } from "vitest";
import { type HubServer, type ServedRepo, startHubServer } from "../../../../fixtures/hub-server.ts";

export { COMMIT, CONFIG, noise, noiseRepo } from "../../../../fixtures/hub-repos.ts";

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
