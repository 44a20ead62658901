import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { createInterface } from "node:readline";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageSizes, removeForeignBinaries, totalOf } from "./deployment.ts";
import { readDockerFile } from "./docker-file.ts";
import { CHROMIUM, type ExamplePage, placeExamplePage, segmentOnPage } from "./example-page.ts";
import { noticeOf } from "./notice-of.ts";
import {
	createFreshProject,
	exampleOf,
	type FreshProject,
	PAGE_PACKAGE,
	type PackedPackage,
} from "./packed-packages.ts";
import { ROOT, workspaceFolders } from "./workspaces.ts";

const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"));

const manifests = await Promise.all(
	workspaceFolders().map(async (folder) => {
		const manifest = await readJson(`${ROOT}${folder}/package.json`);
		return { folder, name: manifest.name as string, manifest };
	}),
);
const names = manifests.map(({ name }) => name);
const withCode = manifests.filter(({ manifest }) => "." in manifest.exports).map(({ name }) => name);

/** Reads all types of some packages. */
const typesOf = (packages: readonly string[]) => packages.map((name) => `export type * from "${name}";\n`).join("");

/** What pages use, and Node does not run. */
const FOR_PAGES = ["@dinoseg/studio", PAGE_PACKAGE];

/** What an installation for deployment may take. */
const MOST_BYTES = 350e6;

/** Whoever is not root cannot become another user. */
const canBecomeOther = process.platform === "linux" && process.getuid?.() === 0;

const WRONG = 'import { createSegmenter } from "dinoseg";\ncreateSegmenter(1);\n';

describe("noticeOf", () => {
	const notice = "Head\n\nWith it:\n\n- a, b/c: one\n  more\n- d: two\n\nBeside it:\n\n- d: three\n\nTail\n";

	it("keeps what names the package", () => {
		expect(noticeOf(notice, "b/c")).toBe("Head\n\nWith it:\n\n- a, b/c: one\n  more\n\nTail\n");
		expect(noticeOf(notice, "d")).toBe("Head\n\nWith it:\n\n- d: two\n\nBeside it:\n\n- d: three\n\nTail\n");
	});

	it("keeps the text around for a package that no entry names", () => {
		expect(noticeOf(notice, "b")).toBe("Head\n\nTail\n");
	});

	it("names libvips to all who install it", async () => {
		const text = await readFile(`${ROOT}NOTICE`, "utf8");
		expect(noticeOf(text, "packages/node")).toMatch(/libvips.*LGPL/);
		expect(noticeOf(text, "apps/cli")).toMatch(/libvips.*LGPL/);
		expect(noticeOf(text, "packages/core")).not.toContain("libvips");
	});

	it.each([
		{ folder: "apps/studio", build: "dist", some: ["preact", "lucide"] },
		{ folder: "apps/studio", build: "dist-static", some: ["preact", "image-size"] },
		{ folder: "packages/core", build: "dist/node", some: ["zod", "@bufbuild/protobuf"] },
	])("names all that $folder/$build is bundled with, or its scope", async ({ folder, build, some }) => {
		const own = noticeOf(await readFile(`${ROOT}NOTICE`, "utf8"), folder);
		const licences = await readFile(`${ROOT}${folder}/${build}/licences.md`, "utf8");
		const bundled = [...licences.matchAll(/^## (\S+) [\d.]+.* \(.+\)$/gm)].map(([, name]) => name);
		expect(bundled).toEqual(expect.arrayContaining(some));
		const named = new Set(own.split(/[\s(),;]+/));
		expect(bundled.filter((name) => !named.has(name) && !named.has(name.split("/")[0]))).toEqual([]);
	});

	it("is told of no folder that is gone", async () => {
		const text = await readFile(`${ROOT}NOTICE`, "utf8");
		const named = [...text.matchAll(/^- ([^:]+):/gm)].flatMap(([, folders]) => folders.split(", "));
		for (const folder of named) {
			await expect(readFile(`${ROOT}${folder}/README.md`), folder).resolves.toBeDefined();
		}
	});
});

describe.each(manifests)("$name", ({ folder, manifest }) => {
	it("says what it is and where it comes from", () => {
		expect(manifest.description).toMatch(/\w+ \w+/);
		expect(manifest.keywords.length).toBeGreaterThan(2);
		expect(manifest.repository).toEqual({
			type: "git",
			url: "git+https://github.com/dinoseg/dinoseg.git",
			directory: folder,
		});
		expect(manifest).toHaveProperty("sideEffects");
	});

	it("needs the Node of the repository, and our packages of its own version", async () => {
		expect(manifest.engines).toEqual((await readJson(`${ROOT}package.json`)).engines);
		for (const [name, version] of Object.entries(manifest.dependencies ?? {})) {
			expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
			if (names.includes(name)) {
				expect(version, name).toBe(manifest.version);
			}
		}
	});
});

const twofold = manifests.flatMap(({ folder, name, manifest }) =>
	Object.entries<{ readonly node?: string; readonly default?: string }>(manifest.exports).flatMap(([path, to]) =>
		to.node === undefined
			? []
			: { module: join(name, path), bundle: `${folder}/${to.node}`, own: `${folder}/${to.default}` },
	),
);

describe("bundles for Node", () => {
	it.each(twofold)("export of $module what its modules do", async ({ bundle, own }) => {
		const names = await Promise.all([bundle, own].map(async (path) => Object.keys(await import(ROOT + path)).sort()));
		expect(names[0]).toEqual(names[1]);
		expect(names[0]).not.toEqual([]);
	});

	it("are of all that core and kernels export", () => {
		const paths = manifests
			.filter(({ folder }) => ["packages/core", "packages/kernels"].includes(folder))
			.flatMap(({ name, manifest }) => Object.keys(manifest.exports).map((path) => join(name, path)));
		expect(twofold.map(({ module }) => module)).toEqual(paths.filter((path) => !path.endsWith("package.json")));
	});
});

describe("packed packages, installed elsewhere", () => {
	let project: FreshProject;
	let page: ExamplePage;
	const documents: string[] = [`${ROOT}README.md`];
	const examples: { readonly document: string; readonly file: string; readonly code: string }[] = [];

	beforeAll(async () => {
		project = await createFreshProject();
		page = await placeExamplePage(project);
		await copyFile(`${ROOT}examples/coffee.jpg`, join(project.folder, "photo.jpg"));
		const called = names.filter((name) => !FOR_PAGES.includes(name));
		documents.push(...called.map((name) => join(installedAt(name), "README.md")));
		for (const document of documents) {
			// Further examples of the main README go on from the first one.
			const code = await exampleOf(document);
			const file = `example-${documents.indexOf(document)}`;
			examples.push({ document, file, code });
			await writeFile(join(project.folder, `${file}.ts`), code);
		}
		await writeFile(join(project.folder, "types.ts"), typesOf(withCode.filter((name) => name !== PAGE_PACKAGE)));
		await writeFile(join(page.folder, "types.ts"), typesOf([PAGE_PACKAGE]));
		await writeFile(join(project.folder, "wrong.ts"), WRONG);
	}, 400_000);

	afterAll(() => project?.[Symbol.asyncDispose]());

	function packed(name: string): PackedPackage {
		const found = project.packages.find((candidate) => candidate.name === name);
		if (found === undefined) {
			throw new Error(`${name} was not packed`);
		}
		return found;
	}

	const installedAt = (name: string) =>
		join(name === PAGE_PACKAGE ? page.folder : project.folder, "node_modules", name);
	const sources = () => examples.map(({ file }) => `${file}.ts`);

	/** What the compiler of the repository says of files of the project. Without complaints it writes JavaScript. */
	async function compile(files: readonly string[], options: Record<string, unknown>): Promise<string> {
		// Whoever has the types of Node has those of `await using`.
		const lib = ["es2022", "dom", "dom.iterable", "esnext.disposable"];
		const compilerOptions = { strict: true, target: "es2022", lib, types: [], skipLibCheck: false, ...options };
		await writeFile(join(project.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
		const arguments_ = [`${ROOT}node_modules/typescript/bin/tsc`, "-p", ".", "--noEmitOnError"];
		return project.run(process.execPath, ...arguments_).catch((error) => error.stdout || error.message);
	}

	it("are those of the workspaces", () => {
		expect(project.packages.map(({ name }) => name).sort()).toEqual([...names].sort());
	});

	it.each(names)("%s holds what belongs in it and nothing else", (name) => {
		const { files } = packed(name);
		expect(files).toEqual(expect.arrayContaining(["LICENSE", "NOTICE", "README.md", "package.json"]));
		expect(files.filter((file) => /\.test\.|(^|\/)test\/|\.tsbuildinfo$|\.d\.ts\.map$/.test(file))).toEqual([]);
		const others = files.filter((file) => !/^(bin|dist|assets)\//.test(file));
		expect(others.filter((file) => /\.(js|ts|map)$/.test(file))).toEqual([]);
	});

	it.each(manifests)("$name holds the licence and what concerns it of the notice", async ({ name, folder }) => {
		const text = (path: string) => readFile(path, "utf8");
		const installed = installedAt(name);
		expect(await text(join(installed, "LICENSE"))).toBe(await text(`${ROOT}LICENSE`));
		expect(await text(join(installed, "NOTICE"))).toBe(noticeOf(await text(`${ROOT}NOTICE`), folder));
	});

	it.each(withCode)("%s holds its code and its types", (name) => {
		expect(packed(name).files).toEqual(expect.arrayContaining(["dist/index.js", "dist/index.d.ts"]));
	});

	it.each(names)("%s holds the sources of every map, and the map of every file that names one", async (name) => {
		const { files } = packed(name);
		const folder = installedAt(name);
		for (const file of files.filter((path) => path.endsWith(".map"))) {
			const map = await readJson(join(folder, file));
			for (const [index, source] of map.sources.entries()) {
				const path = normalize(join(dirname(file), source));
				expect(files.includes(path) || typeof map.sourcesContent?.[index] === "string", file).toBe(true);
			}
		}
		for (const file of files.filter((path) => /\.[jt]s$/.test(path))) {
			const text = await readFile(join(folder, file), "utf8");
			for (const [, map] of text.matchAll(/^\/\/# sourceMappingURL=(.*)$/gm)) {
				expect(files, file).toContain(join(dirname(file), map));
			}
		}
	});

	it.each(names)("%s has nothing for publint to say", async (name) => {
		const tarball = await readFile(packed(name).tarball);
		const { messages, pkg } = await publint({
			pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) },
			strict: true,
		});
		expect(pkg["name"]).toBe(name);
		expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
	});

	it("have types that tell a wrong call, and hold elsewhere, with moduleResolution bundler, skipLibCheck off", async () => {
		const files = [...sources(), "types.ts", "wrong.ts"];
		const complaints = await compile(files, { module: "esnext", moduleResolution: "bundler" });
		expect(complaints.split("\n").filter((line) => /^\S/.test(line))).toEqual([
			expect.stringMatching(/^wrong\.ts\(2,17\): error TS2559/),
		]);
	});

	it("have types that hold with nodenext, and examples in their READMEs that print what they say", async () => {
		expect(await compile([...sources(), "types.ts"], { module: "nodenext" })).toBe("");
		for (const { document, file, code } of examples) {
			const expected = [...code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => `${line}\n`);
			expect(await project.run(process.execPath, `${file}.js`), document).toBe(expected.join(""));
			if (code.includes('saveResult(result, "out/photo")')) {
				const { segments } = await readJson(join(project.folder, "out/photo/segments.json"));
				expect(segments, document).toHaveLength(5);
				await rm(join(project.folder, "out"), { recursive: true });
			}
		}
	}, 180_000);

	it("bring a command line", async () => {
		const { version } = manifests[0].manifest;
		const dinoseg = join(project.folder, "node_modules/.bin/dinoseg");
		expect(await project.run(dinoseg, "--version")).toBe(`${version}\n`);
		await project.run(dinoseg, "segment", "photo.jpg", "-o", "by-command");
		const { segments } = await readJson(join(project.folder, "by-command/photo/segments.json"));
		expect(segments.length).toBeGreaterThan(1);
		expect(packed("dinoseg").files).toEqual(
			expect.arrayContaining(["assets/self-test.jpg", "assets/self-test-labels.png"]),
		);
	});

	it("bring a page: its types hold, and bundled it segments a photograph", async () => {
		expect(await compile(["page/main.ts", "page/types.ts"], { module: "esnext", moduleResolution: "bundler" })).toBe(
			"",
		);
		const served = await page.build();
		if (CHROMIUM.isInstalled) {
			expect(await segmentOnPage(served, `${ROOT}examples/cat.jpg`)).toMatch(/^Done by wasm\. 451 x 300$/);
		}
	}, 120_000);

	describe("deployed", () => {
		beforeAll(() => removeForeignBinaries(project.folder));

		it("take no more than they may, and what docs/deploy says", async () => {
			const megabytes = totalOf(await packageSizes(project.folder)) / 1e6;
			expect(megabytes).toBeLessThan(MOST_BYTES / 1e6);
			const text = await readFile(`${ROOT}docs/deploy/README.md`, "utf8");
			const [, platform, said] = /^\| Without binaries of other platforms than (.+) \| ([\d.]+) \|$/m.exec(text) ?? [];
			expect(platform).toBe("linux x64");
			if (`${process.platform} ${process.arch}` === platform) {
				expect(Math.abs(megabytes / Number(said) - 1), `${megabytes} MB`).toBeLessThan(0.03);
			}
		});

		it.skipIf(!canBecomeOther)(
			"serve as the Dockerfile says: by a user without name and home, who owns its data alone",
			async () => {
				const { command, environment, healthCheck, user } = readDockerFile();
				const [uid, gid] = user.split(":").map(Number);
				const data = join(dirname(project.folder), "data");
				await mkdir(data);
				await chown(data, uid, gid);
				await chmod(dirname(project.folder), 0o755);
				execFileSync("chmod", ["-R", "a-w", project.folder]);
				const here = (value: string) =>
					value
						.replace("/app", project.folder)
						.replace("/data", data)
						.replace("$PATH", `${dirname(process.execPath)}:/usr/bin`);
				const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, here(value)]));
				const token = "of-sixteen-characters-or-more";
				const service = spawn(
					"setpriv",
					[
						`--reuid=${uid}`,
						`--regid=${gid}`,
						"--clear-groups",
						"--no-new-privs",
						...command,
						"--port",
						"0",
						"--quiet",
					],
					{ cwd: data, env: { ...env, DINOSEG_TOKEN: token }, stdio: ["ignore", "pipe", "inherit"] },
				);
				const ended = once(service, "exit");
				try {
					const [line] = await Promise.race([once(createInterface(service.stdout), "line"), ended]);
					const [, port] = /^Listening on http:\/\/0\.0\.0\.0:(\d+)$/.exec(line) ?? [];
					const askHealth = () => {
						const [, ...args] = healthCheck.map((value) => value.replace(":8420/", `:${port}/`));
						execFileSync(process.execPath, args, { stdio: "ignore" });
					};
					askHealth();
					const segment = (headers: Record<string, string>) =>
						readFile(`${ROOT}examples/coffee.jpg`).then((body) =>
							fetch(`http://127.0.0.1:${port}/v1/segment?format=overlay`, {
								method: "POST",
								headers: { "Content-Type": "application/octet-stream", ...headers },
								body,
							}),
						);
					expect((await segment({})).status).toBe(401);
					const answer = await segment({ Authorization: `Bearer ${token}` });
					expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/png"]);
					expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
					service.kill("SIGTERM");
					expect(await ended).toEqual([0, null]);
					expect(askHealth).toThrow();
				} finally {
					service.kill("SIGKILL");
				}
			},
		);
	});
});
