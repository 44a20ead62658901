import { accessSync, constants } from "node:fs";
import * as core from "@dinoseg/core";
import * as kernels from "@dinoseg/kernels";
import { type Browser, chromium, type JSHandle, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FixtureTensor, loadTensors } from "../../../fixtures/load.ts";
import { digestJob, type Job, type LoadedPackages } from "./digest-job.ts";
import { type PackageServer, servePackages } from "./served-packages.ts";

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
const BUILDS = ["reference", "simd"] as const;

interface ParityCase extends Omit<Job, "dim"> {
	/** Safetensors file under fixtures/reference and its tensor; of a batch the first picture. */
	readonly source: readonly [file: string, tensor: string];
}

const CASES: Readonly<Record<string, ParityCase>> = {
	synth384: {
		source: ["pca/synth384_data", "tokens"],
		rows: 37,
		cols: 37,
		clusters: 8,
		smoothing: "median",
		imageWidth: 321,
		imageHeight: 240,
	},
	mlp_518x518: {
		source: ["backbone/mlp/outputs_518x518", "x_norm_patchtokens"],
		rows: 37,
		cols: 37,
		clusters: 6,
		smoothing: "majority",
		imageWidth: 200,
		imageHeight: 151,
	},
	mlp_a_224x336_k5: {
		source: ["e2e/mlp_a_224x336_k5", "tokens"],
		rows: 24,
		cols: 16,
		clusters: 5,
		smoothing: "median",
		imageWidth: 321,
		imageHeight: 481,
	},
	reg_b_280x210_k4: {
		source: ["e2e/reg_b_280x210_k4", "tokens"],
		rows: 15,
		cols: 20,
		clusters: 4,
		smoothing: "majority",
		imageWidth: 200,
		imageHeight: 151,
	},
	/** Fewer tokens than dimensions: PCA goes through the Gram matrix. */
	synth1024_first256: {
		source: ["pca/synth1024_data", "tokens"],
		rows: 16,
		cols: 16,
		clusters: 32,
		smoothing: "median",
		imageWidth: 97,
		imageHeight: 103,
	},
};

interface LoadedPage {
	readonly page: Page;
	readonly packages: JSHandle<LoadedPackages>;
}

function tokensOf({ source: [file, name], rows, cols }: ParityCase): { tokens: Float32Array; dim: number } {
	const { data, shape } = loadTensors(`reference/${file}.safetensors`).get(name) as FixtureTensor;
	const dim = shape[shape.length - 1];
	return { tokens: (data as Float32Array).slice(0, rows * cols * dim), dim };
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

describe.skipIf(!isExecutable(executablePath))(
	`in Chromium (skipped unless ${executablePath} is there; CHROMIUM names another)`,
	() => {
		let server: PackageServer;
		let browser: Browser;
		let loaded: LoadedPage;

		beforeAll(async () => {
			const data = Object.entries(CASES).map(([name, entry]): [string, Uint8Array] => [
				name,
				new Uint8Array(tokensOf(entry).tokens.buffer),
			]);
			server = await servePackages(new Map(data));
			browser = await chromium.launch({ executablePath, args: FLAGS });
			loaded = await loadPage();
		}, 60_000);

		afterAll(async () => {
			await browser?.close();
			await server?.[Symbol.asyncDispose]();
		});

		/** A page with the built packages. `before` runs in it ahead of everything. */
		async function loadPage({ before = "", path = "" } = {}): Promise<LoadedPage> {
			const page = await browser.newPage();
			await page.addInitScript({ content: before });
			await page.goto(server.url + path);
			// A text, not a function: the test runner rewrites imports in functions.
			const packages = await page.evaluateHandle<LoadedPackages>(
				`Promise.all([import("@dinoseg/core"), import("@dinoseg/kernels")]).then(([core, kernels]) => ({ core, kernels }))`,
			);
			return { page, packages };
		}

		it.each(Object.entries(CASES))("%s gives the bytes that Node gives, on every build", async (name, entry) => {
			const { tokens, dim } = tokensOf(entry);
			const job: Job = { ...entry, dim };
			const expected = await digestJob([{ core, kernels }, "reference", job, tokens]);
			expect(await digestJob([{ core, kernels }, "simd", job, tokens]), "simd in Node").toEqual(expected);

			const { page, packages } = loaded;
			const data = await page.evaluateHandle(
				async (path) => new Float32Array(await (await fetch(path)).arrayBuffer()),
				`/data/${name}`,
			);
			for (const build of BUILDS) {
				const digests = await page.evaluate(digestJob, [packages, build, job, data] as const);
				expect(digests, `${build} in the page`).toEqual(expected);
			}
		});

		it("runs the SIMD build, and the reference where there is no WebAssembly or a policy forbids it", async () => {
			const nameOf = ({ page, packages }: LoadedPage) =>
				page.evaluate(async ({ kernels: inPage }) => (await inPage.loadKernels()).name, packages);
			expect(await nameOf(loaded)).toBe("simd");
			expect(await nameOf(await loadPage({ before: "delete globalThis.WebAssembly" }))).toBe("reference");
			expect(await nameOf(await loadPage({ path: "strict" }))).toBe("reference");
		});
	},
);
