import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { crc32, deflateSync } from "node:zlib";
import { decodeLabelPng } from "@dinoseg/core/labels";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliResult, createSandbox, examplePath, type Sandbox } from "./harness.ts";

const QUICK = ["--input-size", "112", "-k", "3"];

/** A solid picture with a few different pixels. */
const solid = (width: number, height: number) =>
	sharp({ create: { width, height, channels: 3, background: { r: 120, g: 60, b: 30 } } });

/** The header and a few bytes of a PNG of any size. */
function pngOfSize(width: number, height: number): Buffer {
	const chunk = (type: string, data: Buffer) => {
		const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
		const frame = Buffer.alloc(8);
		frame.writeUInt32BE(data.length, 0);
		frame.writeUInt32BE(crc32(body), 4);
		return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
	};
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([1, 0, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk("IHDR", header),
		chunk("IDAT", deflateSync(Buffer.alloc(1_000_000))),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

/** Two frames of a GIF. */
async function animation(): Promise<Buffer> {
	const frames = [examplePath("cat.jpg"), examplePath("coffee.jpg")].map((path) =>
		sharp(path).resize(80, 60).raw().toBuffer(),
	);
	const pages = Buffer.concat(await Promise.all(frames));
	return sharp(pages, { raw: { width: 80, height: 120, channels: 3, pageHeight: 60 } })
		.gif()
		.toBuffer();
}

describe("unusual pictures work", () => {
	const cases: [
		name: string,
		file: string,
		make: () => Promise<Buffer>,
		args: string[],
		warning: RegExp | undefined,
	][] = [
		["1 x 1", "dot.png", () => solid(1, 1).png().toBuffer(), QUICK, /distinct token/],
		["14 x 14", "patch.png", () => solid(14, 14).png().toBuffer(), ["--input-size", "14", "-k", "1"], undefined],
		["20000 x 10", "strip.png", () => solid(20000, 10).png().toBuffer(), ["--input-size", "280"], /distinct token/],
		["an animated GIF", "moving.gif", animation, QUICK, /first/],
		[
			"a 16-bit TIFF",
			"deep.tif",
			() => sharp(examplePath("cat.jpg")).resize(90).toColourspace("rgb16").tiff().toBuffer(),
			QUICK,
			undefined,
		],
		[
			"a CMYK JPEG",
			"print.jpg",
			() => sharp(examplePath("cat.jpg")).resize(90).toColourspace("cmyk").jpeg().toBuffer(),
			QUICK,
			undefined,
		],
		[
			"a palette PNG with alpha",
			"sprite.png",
			() => sharp(examplePath("cat.jpg")).resize(90).ensureAlpha(0.4).png({ palette: true }).toBuffer(),
			QUICK,
			undefined,
		],
		["one colour", "plain.jpg", () => solid(200, 150).jpeg().toBuffer(), QUICK, /distinct token/],
	];

	let sandbox: Sandbox;
	/** Those with the same flags share a run. */
	const runs = new Map<string, CliResult>();

	beforeAll(async () => {
		sandbox = await createSandbox();
		const files = new Map<string, string[]>();
		for (const [, file, make, args] of cases) {
			await writeFile(sandbox.path(file), await make());
			const flags = args.join(" ");
			files.set(flags, [...(files.get(flags) ?? []), file]);
		}
		for (const [flags, names] of files) {
			runs.set(flags, await sandbox.dinoseg("segment", ...names, ...flags.split(" ")));
		}
	});

	afterAll(() => sandbox[Symbol.asyncDispose]());

	it.each(cases)("%s", async (_name, file, _make, args, warning) => {
		const { code, stderr } = runs.get(args.join(" ")) as CliResult;
		expect(code, stderr).toBe(0);
		const folder = file.slice(0, file.indexOf("."));
		const { width, height } = await sharp(sandbox.path(file), { limitInputPixels: false }).metadata();
		expect(decodeLabelPng(await readFile(sandbox.path("out", folder, "labels.png")))).toMatchObject({ width, height });
		if (warning) {
			expect(stderr).toMatch(new RegExp(`^warning ${file}: .*${warning.source}`, "m"));
		} else {
			expect(stderr).not.toContain(`warning ${file}`);
		}
	});
});

describe("bad input fails by name, and the other files are done", () => {
	/** Makes a bad input and returns its name. */
	type Spoil = (sandbox: Sandbox) => Promise<string>;
	const file =
		(name: string, bytes: () => Buffer | string | Promise<Buffer>): Spoil =>
		async (sandbox) => {
			await writeFile(sandbox.path(name), await bytes());
			return name;
		};
	const magic = (...bytes: number[]) => Buffer.concat([Buffer.from(bytes), Buffer.alloc(200)]);
	const FORMATS = /JPEG, PNG, WebP, TIFF, GIF, AVIF, BMP/;

	const cases: [name: string, spoil: Spoil, message: RegExp][] = [
		["a missing file", async () => "absent.jpg", /absent\.jpg: no such file/],
		["a file of zero bytes", file("empty.png", () => ""), /empty\.png: .*zero bytes/],
		[
			"a truncated JPEG",
			file("cut.jpg", async () => (await readFile(examplePath("cat.jpg"))).subarray(0, 9000)),
			/cut\.jpg: .*(damaged|truncated)/,
		],
		["text that is called .png", file("letter.png", () => "Dear reader, this is no picture.\n".repeat(20)), FORMATS],
		["a picture of 60000 x 60000", file("bomb.png", () => pngOfSize(60000, 60000)), /bomb\.png: 60000 x 60000/],
		[
			"a BMP without pixels",
			file("old.png", () => magic(0x42, 0x4d, 0x36, 0, 0, 0, 0, 0, 0, 0, 0x36)),
			/old\.png: this BMP is damaged/,
		],
		["SVG", file("drawing.png", () => '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), FORMATS],
		["PDF", file("paper.png", () => "%PDF-1.7\n%abc\n"), FORMATS],
		[
			"a folder without images",
			async (sandbox) => {
				await mkdir(sandbox.path("bare"));
				await writeFile(sandbox.path("bare/notes.txt"), "nothing here");
				return "bare";
			},
			/bare: no images/,
		],
		["a glob that matches nothing", async () => "none/*.jpg", /none\/\*\.jpg: no image matches/],
		[
			"a file where the output folder should be",
			async (sandbox) => {
				await sharp(examplePath("cat.jpg")).resize(90).jpeg().toFile(sandbox.path("blocked.jpg"));
				await mkdir(sandbox.path("out"));
				await writeFile(sandbox.path("out/blocked"), "in the way");
				return "blocked.jpg";
			},
			/out\/blocked.*in the way/,
		],
	];

	it("of every kind at once", async () => {
		await using sandbox = await createSandbox();
		await copyFile(examplePath("cat.jpg"), sandbox.path("good.jpg"));
		const inputs = await Promise.all(cases.map(([, spoil]) => spoil(sandbox)));
		const result = await sandbox.dinoseg("segment", ...inputs, "good.jpg", "--quiet", ...QUICK);
		expect(result.code).toBe(1);
		const errors = result.stderr.split("\n").filter((line) => line.startsWith("error "));
		expect(errors).toHaveLength(cases.length);
		for (const [index, [name, , message]] of cases.entries()) {
			const ofInput = errors.filter((line) => line.includes(inputs[index].replace(".jpg", "")));
			expect(ofInput, name).toEqual([expect.stringMatching(message)]);
		}
		expect(result.stderr).not.toMatch(/^ {4}at /m);
		expect(await readdir(sandbox.path("out/good"))).toHaveLength(5);
		const leftovers = (await readdir(sandbox.path("out"), { recursive: true })).filter((name) => /tmp/i.test(name));
		expect(leftovers).toEqual([]);
	});

	it("as a picture of fewer tokens than clusters", async () => {
		await using sandbox = await createSandbox();
		await copyFile(examplePath("cat.jpg"), sandbox.path("good.jpg"));
		await solid(4000, 14).png().toFile(sandbox.path("thin.png"));
		const args = ["--quiet", "--input-size", "112", "-k", "20"];
		const result = await sandbox.dinoseg("segment", "thin.png", "good.jpg", ...args);
		expect(result.code).toBe(1);
		expect(result.stderr).toMatch(/^error thin\.png: .*20.*8[^\n]*\n$/);
		expect(await readdir(sandbox.path("out"))).toEqual(["good", "index.html"]);
	});

	it("a disk that is full", async (context) => {
		await using sandbox = await createSandbox();
		const disk = sandbox.path("disk");
		await mkdir(disk);
		try {
			execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], { stdio: "ignore" });
		} catch {
			context.skip("mounting a small disk needs root");
		}
		try {
			const result = await sandbox.dinoseg("segment", examplePath("cat.jpg"), "-o", "disk/out", "--quiet", ...QUICK);
			expect(result.code).toBe(1);
			expect(result.stderr).toMatch(/disk\/out\/cat.*no space left/);
			expect(await readdir(disk, { recursive: true })).toEqual([]);
		} finally {
			execFileSync("umount", [disk]);
		}
	});
});

describe("an interrupt", () => {
	it.each(["SIGINT", "SIGTERM"] as const)(
		"%s ends the process by that signal and leaves no half-written file",
		async (signal) => {
			await using sandbox = await createSandbox({ ownCache: true });
			await mkdir(sandbox.path("in"));
			for (let i = 0; i < 40; i++) {
				await copyFile(examplePath("cat.jpg"), sandbox.path(`in/${i}.jpg`));
			}
			const { child, ended } = sandbox.start(["segment", "in"]);
			await new Promise<void>((resolve) => {
				child.stderr?.on("data", (text: string) => {
					if (text.includes("[ 1/40]")) {
						resolve();
					}
				});
			});
			child.kill(signal);
			const result = await ended;
			expect(result.signal).toBe(signal);
			expect(result.stderr).not.toContain("Napi");
			for (const name of await readdir(sandbox.path("out"))) {
				const files = await readdir(sandbox.path("out", name));
				expect(files.filter((file) => /tmp/i.test(file))).toEqual([]);
			}
		},
	);
});
