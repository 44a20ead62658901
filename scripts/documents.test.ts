import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, examplePath, type Sandbox } from "../apps/cli/test/harness.ts";
import { startService } from "../apps/server/test/support/service.ts";
import { type HubServer, startHubServer } from "../fixtures/hub-server.ts";
import { CHECKPOINT_SIZES, writeRandomCheckpoint } from "../fixtures/random-checkpoint.ts";
import { type S3Server, startS3Server } from "../fixtures/s3-server.ts";
import { encodeTiff } from "../fixtures/tiff.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const bin = join(root, "apps/cli/bin/dinoseg.js");

/** Documents for users. Their commands are run one after the other, in one folder for each document. */
const DOCUMENTS = [
	"README.md",
	"docs/segments.md",
	"docs/models.md",
	"docs/measuring.md",
	"docs/runs.md",
	"docs/batch.md",
	"docs/storage.md",
	"docs/codebooks.md",
	"docs/service.md",
	"docs/exports.md",
];

/** Where documents say that the service listens. */
const SERVICE = "http://127.0.0.1:8420";

/** Commands that other tests run: npm's own, of a fresh clone, and one that takes long. */
const ELSEWHERE = new Set([
	"npm ci && npm run demo",
	"npm ci && npm test",
	"npm install --ignore-scripts dinoseg",
	"npx dinoseg bench photo.jpg",
]);

/** Commands that end with an interrupt only, those of other programs, and those that want a server. */
const NOT_HERE = /dinoseg (watch|serve|worker)|npm run studio:static|--queue|^(yolo|labelme|ogr2ogr|redis-server) /;

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe("the commands of", () => {
	let bucket: Sandbox;
	let service: Awaited<ReturnType<typeof startService>>;
	let storage: S3Server;
	beforeAll(async () => {
		[bucket, service] = await Promise.all([createSandbox(), startService()]);
		storage = await startS3Server({ folder: bucket.folder, buckets: ["photos"] });
		for (const name of ["cat.jpg", "coffee.jpg"]) {
			storage.bucket("photos").put(`2026/${name}`, await readFile(examplePath(name)));
		}
	});
	afterAll(async () => {
		await Promise.all([service?.[Symbol.asyncDispose](), storage?.[Symbol.asyncDispose]()]);
		await bucket?.[Symbol.asyncDispose]();
	});

	it.each(DOCUMENTS)(
		"%s do what they say",
		async (document) => {
			const text = await readFile(join(root, document), "utf8");
			const commands = commandsOf(text);
			// All others want packages that read what dinoseg exports.
			const scripts = hasPython ? blocksOf(text, "python").filter((script) => script.includes(SERVICE)) : [];
			expect(commands.length).toBeGreaterThan(0);
			await using sandbox = await createSandbox();
			await using hub = await startHub(sandbox);
			await putPictures(sandbox);
			const environment = { ...(await putPrograms(sandbox, hub.url, sandbox.cache)), ...storage.env };
			for (const command of commands.filter((line) => !ELSEWHERE.has(line) && !NOT_HERE.test(line))) {
				const asked = command.replaceAll("curl ", "curl -sS --fail ").replaceAll(SERVICE, service.url);
				const { code, stderr } = await runCommand(asked, sandbox, environment);
				expect(code, `${command}\n${stderr}`).toBe(0);
			}
			for (const script of scripts) {
				await writeFile(sandbox.path("script.py"), script.replaceAll(SERVICE, service.url));
				const { code, stderr } = await runCommand("python3 script.py", sandbox, environment);
				expect(code, `${script}\n${stderr}`).toBe(0);
			}
		},
		240_000,
	);
});

describe("the programs of", () => {
	it("README.md, docs/library.md, docs/codebooks.md and docs/service.md do what they say", async () => {
		await using sandbox = await createSandbox();
		await using service = await startService();
		await sharp(examplePath("cat.jpg")).resize(226, 150).toFile(sandbox.path("photo.jpg"));
		await symlink(join(root, "node_modules"), sandbox.path("node_modules"));
		const [first, ...others] = [
			...blocksOf(await readFile(join(root, "README.md"), "utf8"), "ts"),
			...blocksOf(await readFile(join(root, "docs/library.md"), "utf8"), "ts"),
			...blocksOf(await readFile(join(root, "docs/codebooks.md"), "utf8"), "ts"),
			...blocksOf(await readFile(join(root, "docs/service.md"), "utf8"), "ts"),
		];
		expect(others.length).toBeGreaterThan(3);
		const dispose = "await segmenter.dispose();";
		expect(first).toContain(dispose);
		// Each is a program of its own, but for the segmenter of the first.
		const bodies = [first.replace(dispose, ""), ...others.map((block) => `{\n${withoutImports(block)}\n}`), dispose];
		const imports = new Set(others.flatMap((block) => block.split("\n").filter((line) => /^import /.test(line))));
		const own = [...imports].filter((line) => !first.includes(line));
		await writeFile(
			sandbox.path("program.mts"),
			[...own, ...bodies]
				.join("\n")
				.replaceAll("createClient()", `createClient({ url: "${SERVICE}" })`)
				.replaceAll(SERVICE, service.url),
		);
		const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
		const { code, stderr } = await runShell(`"${process.execPath}" "${tsx}" program.mts`, sandbox.folder, {
			...process.env,
			DINOSEG_CACHE: sandbox.cache,
		});
		expect(code, stderr).toBe(0);
		expect(await readdir(sandbox.path("out/photo"))).toContain("segments.json");
		expect(await readdir(sandbox.folder)).toContain("overlay.png");
	}, 120_000);
});

/** Run a command line in this process, its stdout into a file where it says so, and by a shell where it needs one. */
async function runCommand(
	command: string,
	sandbox: Sandbox,
	environment: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
	const [, line, file] = /^npx dinoseg ([^|<>$;&]+?)(?: > (\S+))?$/.exec(command) ?? [];
	const words = line?.match(/"[^"]*"|[^\s"]+/g);
	if (!words) {
		return runShell(command, sandbox.folder, environment);
	}
	const result = await sandbox.dinosegWith(environment, ...words.map((word) => word.replaceAll('"', "")));
	if (file !== undefined) {
		await writeFile(sandbox.path(file), result.stdoutBytes);
	}
	return result;
}

/** Apart from this process, whose hub and service have to answer. */
function runShell(
	command: string,
	cwd: string,
	env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly stderr: string }> {
	return new Promise((resolve, reject) => {
		const child = spawn("bash", ["-c", command], { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
		let stderr = "";
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
		});
		child.once("error", reject);
		child.once("close", (code) => resolve({ code, stderr }));
	});
}

function blocksOf(document: string, language: string): string[] {
	return [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, block]) => block);
}

function commandsOf(document: string): string[] {
	return blocksOf(document, "sh")
		.flatMap((block) => block.split("\n"))
		.filter((line) => line.trim() !== "");
}

function withoutImports(block: string): string {
	return block
		.split("\n")
		.filter((line) => !/^import /.test(line))
		.join("\n");
}

/** Everything that the commands call by a name. */
async function putPictures(sandbox: Sandbox): Promise<void> {
	await Promise.all(
		["photos/sub", "field/a", "gt", "classes", "bin"].map((name) => mkdir(sandbox.path(name), { recursive: true })),
	);
	const [photoWidth, photoHeight] = [120, 90];
	const photo = (name: string) => sharp(examplePath(name)).resize(photoWidth, photoHeight);
	await photo("coffee.jpg").toFile(sandbox.path("photo.jpg"));
	await photo("coffee.jpg").toFile(sandbox.path("photos/photo.jpg"));
	await photo("cat.jpg").toFile(sandbox.path("photos/a.jpg"));
	await photo("rocket.jpg").toFile(sandbox.path("photos/sub/b.jpg"));
	const truth = Buffer.alloc(photoWidth * photoHeight);
	truth.fill(1, truth.length / 2);
	const map = await sharp(truth, { raw: { width: photoWidth, height: photoHeight, channels: 1 } })
		.toColourspace("b-w")
		.png()
		.toBuffer();
	await Promise.all(
		["gt/a.gt1.png", "gt/a.gt2.png", "classes/a.png"].map((name) => writeFile(sandbox.path(name), map)),
	);
	const [width, height] = [96, 64];
	const cells = Uint16Array.from({ length: width * height }, (_, i) => 300 + (i % width) * 30 + (i % 7));
	const page = { width, height, channels: 1, data: cells } as const;
	const field = encodeTiff([page]);
	await writeFile(sandbox.path("cells.tif"), field);
	await writeFile(sandbox.path("field/a/b.tif"), field);
	const bands = Uint8Array.from({ length: 4 * width * height }, (_, i) => (i * 7) % 251);
	await writeFile(sandbox.path("scene.tif"), encodeTiff([{ width, height, channels: 4, data: bands }]));
	const frames = await Promise.all(
		Array.from({ length: 20 }, (_, i) =>
			sharp({ create: { width, height, channels: 3, background: { r: 12 * i, g: 90, b: 160 } } })
				.png()
				.toBuffer(),
		),
	);
	await sharp(frames, { join: { animated: true } })
		.gif()
		.toFile(sandbox.path("clip.gif"));
	await writeFile(sandbox.path("stack.tif"), encodeTiff(new Array<typeof page>(3).fill(page)));
	await writeFile(sandbox.path("names.csv"), "id,name,color\n0,sky,#87ceeb\n");
}

/** `npx dinoseg` as the built program, and an environment for it. */
async function putPrograms(sandbox: Sandbox, hub: string, cache: string): Promise<NodeJS.ProcessEnv> {
	const npx = sandbox.path("bin/npx");
	await writeFile(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${bin}" "$@"\n`);
	await chmod(npx, 0o755);
	return {
		...process.env,
		PATH: [sandbox.path("bin"), process.env["PATH"]].join(delimiter),
		HOME: sandbox.folder,
		HF_HUB_OFFLINE: undefined,
		HF_ENDPOINT: hub,
		HF_HOME: sandbox.path("hf"),
		DINOSEG_CACHE: cache,
	};
}

/** A hub that has DINOv2 ViT-L by its name, with few and random weights. */
async function startHub(sandbox: Sandbox): Promise<HubServer & AsyncDisposable> {
	const folder = sandbox.path("served");
	await writeRandomCheckpoint(folder, { ...CHECKPOINT_SIZES.small, hiddenSize: 48, heads: 3, layers: 2, dtype: "F16" });
	const files: Record<string, Buffer> = {};
	for (const name of await readdir(folder)) {
		files[name] = await readFile(join(folder, name));
	}
	await rm(folder, { recursive: true });
	const server = await startHubServer({
		"facebook/dinov2-large": { commit: "0123456789abcdef0123456789abcdef01234567", licence: "apache-2.0", files },
	});
	return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}
