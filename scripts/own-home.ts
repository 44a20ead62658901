import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Names the cache of a run, and marks that there is one: this file is asked once for each project. */
const CACHE = "DINOSEG_TEST_CACHE";

/** Of the user: they would lead tests to files outside the home folder, or to an account. */
const FORGOTTEN = [
	"DINOSEG_CACHE",
	"HF_ENDPOINT",
	"HF_HOME",
	"HF_HUB_CACHE",
	"HF_TOKEN",
	"HF_TOKEN_PATH",
	"HUGGINGFACE_HUB_CACHE",
	"HUGGING_FACE_HUB_TOKEN",
	"XDG_CACHE_HOME",
	"XDG_CONFIG_HOME",
	"XDG_DATA_HOME",
	"XDG_STATE_HOME",
];

/** What a browser and other readers of files keep there. */
const FOREIGN = /^(\.pki|\.config|\.local|\.cache\/(chromium|dconf|fontconfig|mesa_shader_cache\w*|matplotlib))(\/|$)/;

/**
 * Give all tests, and the processes that they start, a home folder of their own, a token cache that they can share, and
 * no telemetry of onnxruntime; in the end, remove it all, and fail if a test has written to the home folder: to the token
 * cache there, to the models of Hugging Face or to anything else that a user has at home. Tests name other folders for
 * that.
 */
export default async function giveOwnHome(): Promise<(() => Promise<void>) | undefined> {
	if (process.env[CACHE] !== undefined) {
		return undefined;
	}
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-tests-"));
	const home = join(folder, "home");
	// What a user has installed for Python stays in reach of the readers' tests, and what npm has fetched in that of npm.
	process.env["PYTHONUSERBASE"] ??= join(homedir(), ".local");
	process.env["npm_config_cache"] ??= join(homedir(), ".npm");
	for (const name of FORGOTTEN) {
		delete process.env[name];
	}
	await mkdir(join(home, "AppData", "Local"), { recursive: true });
	Object.assign(process.env, {
		[CACHE]: join(folder, "cache"),
		HOME: home,
		USERPROFILE: home,
		LOCALAPPDATA: join(home, "AppData", "Local"),
		ORT_DISABLE_TELEMETRY: "1",
	});
	return async () => {
		const files = await filesBelow(home);
		await rm(folder, { recursive: true, force: true });
		delete process.env[CACHE];
		const strange = files.filter((path) => !FOREIGN.test(path));
		if (strange.length > 0) {
			// vitest tells what a teardown throws, but goes on.
			process.exitCode = 1;
			throw new Error(`Tests wrote to the home folder of their user: ${strange.slice(0, 20).join(", ")}`);
		}
	};
}

async function filesBelow(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => !entry.isDirectory())
		.map((entry) =>
			join(entry.parentPath, entry.name)
				.slice(folder.length + 1)
				.replaceAll("\\", "/"),
		)
		.sort();
}
