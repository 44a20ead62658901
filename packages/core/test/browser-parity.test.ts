import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createRandom } from "@dinoseg/core";
import type { SegmentResult } from "@dinoseg/core/result";
import { loadSimdKernels, referenceKernels } from "@dinoseg/kernels";
import { createSegmenter } from "@dinoseg/node/segmenter";
import type { Page } from "puppeteer-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asClusters } from "../../../fixtures/as-clusters.ts";
import { isFull } from "../../../fixtures/is-full.ts";
import { type FixtureTensor, loadTensors } from "../../../fixtures/load.ts";
import { ENGINES, type RunningBrowser, startBrowser } from "./browsers.ts";
import { type Digests, digestJob, type Job, type JobInput } from "./digest-job.ts";
import { type Build, PAGE_MODULES } from "./page-modules.ts";
import * as pipeline from "./pipeline.ts";
import { type PackageServer, servePackages } from "./served-packages.ts";

const PHOTOGRAPH = fileURLToPath(new URL("../../../examples/coffee.jpg", import.meta.url));

interface TokenCase {
	/** Safetensors file under fixtures/reference and its tensor; of a batch the first picture. */
	readonly source: readonly [file: string, tensor: string];
	readonly rows: number;
	readonly cols: number;
	readonly clusters: number;
	readonly smoothing: "median" | "majority";
	readonly width: number;
	readonly height: number;
}

const TOKEN_CASES: Readonly<Record<string, TokenCase>> = {
	synth384: {
		source: ["pca/synth384_data", "tokens"],
		rows: 37,
		cols: 37,
		clusters: 8,
		smoothing: "median",
		width: 321,
		height: 240,
	},
	mlp_518x518: {
		source: ["backbone/mlp/outputs_518x518", "x_norm_patchtokens"],
		rows: 37,
		cols: 37,
		clusters: 6,
		smoothing: "majority",
		width: 200,
		height: 151,
	},
	mlp_a_224x336_k5: {
		source: ["e2e/mlp_a_224x336_k5", "tokens"],
		rows: 24,
		cols: 16,
		clusters: 5,
		smoothing: "median",
		width: 321,
		height: 481,
	},
	/** Large enough for superpixels of half the size. */
	reg_b_280x210_k4: {
		source: ["e2e/reg_b_280x210_k4", "tokens"],
		rows: 15,
		cols: 20,
		clusters: 4,
		smoothing: "majority",
		width: 801,
		height: 601,
	},
	/** Fewer tokens than dimensions: PCA goes through the Gram matrix. */
	synth1024_first256: {
		source: ["pca/synth1024_data", "tokens"],
		rows: 16,
		cols: 16,
		clusters: 32,
		smoothing: "median",
		width: 97,
		height: 103,
	},
};
/** As large as `mlp_518x518` is `synth384`; the rest of it is in the others. */
const TOKEN_NAMES = Object.keys(TOKEN_CASES).filter((name) => isFull || name !== "mlp_518x518");
/** What engines do beside the default job, which is as large as `synth384`. */
const BROWSER_NAMES = isFull ? TOKEN_NAMES : ["reg_b_280x210_k4", "synth1024_first256"];
/** The job of a small photograph with every option at its default. */
const DEFAULT = "default";
const NAMES = [DEFAULT, ...TOKEN_NAMES];
const PLACES = ["page", "worker"] as const;

interface Case {
	readonly job: Job;
	readonly input: JobInput;
	/** What Node gives. */
	readonly expected: Digests;
}

let photograph: SegmentResult;
const cases = new Map<string, Case>();
let server: PackageServer;

beforeAll(async () => {
	const segmenter = await createSegmenter({ cache: false });
	photograph = await segmenter.segment(await sharp(PHOTOGRAPH).resize(300, 200).png().toBuffer());
	await segmenter.dispose();

	const inputs = TOKEN_NAMES.map((name) => [name, loadTokenCase(TOKEN_CASES[name])] as const);
	for (const [name, { job, input }] of [[DEFAULT, defaultCase(photograph)] as const, ...inputs]) {
		cases.set(name, { job, input, expected: await digestJob(pipeline, referenceKernels, job, input) });
	}

	const files = new Map<string, Uint8Array | string>(Object.entries(PAGE_MODULES));
	for (const [name, { input }] of cases) {
		files.set(`${name}/picture`, input.picture);
		files.set(`${name}/tokens`, bytesOf(input.tokens));
	}
	server = await servePackages(files);
}, 60_000);

afterAll(() => server?.[Symbol.asyncDispose]());

function defaultCase({ image, tokens }: SegmentResult): Omit<Case, "expected"> {
	const { data, width, height } = image;
	const grid = tokens();
	return {
		job: { width, height, dim: grid.dim, options: {} },
		input: { picture: data, tokens: grid.data },
	};
}

function loadTokenCase(entry: TokenCase): Omit<Case, "expected"> {
	const { source, rows, cols, clusters, smoothing, width, height } = entry;
	const { data, shape } = loadTensors(`reference/${source[0]}.safetensors`).get(source[1]) as FixtureTensor;
	const dim = shape[shape.length - 1];
	return {
		job: {
			width,
			height,
			dim,
			options: {
				inputSize: { width: cols * 14, height: rows * 14 },
				clusters,
				smooth: { method: smoothing },
				minArea: { pixels: 50 },
			},
		},
		input: { picture: drawPicture(width, height), tokens: (data as Float32Array).slice(0, rows * cols * dim) },
	};
}

/** A picture with structure and noise. */
function drawPicture(width: number, height: number): Uint8Array {
	const random = createRandom(1);
	return Uint8Array.from({ length: width * height * 3 }, (_, i) => ((i >> 6) & 127) + 128 * random.next());
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}

function caseOf(name: string): Case {
	return cases.get(name) as Case;
}

describe("in Node", () => {
	it.each(NAMES)("%s gives the same bytes with SIMD", async (name) => {
		const { job, input, expected } = caseOf(name);
		expect(await digestJob(pipeline, await loadSimdKernels(), job, input)).toEqual(expected);
	});

	it("the default job is the one that a segmenter does", () => {
		const { blurred, centroids, tokenLabels, labels, confidence } = asClusters(photograph);
		const arrays = {
			blurred: blurred.data,
			centroids,
			tokenLabels,
			labels: labels.data,
			confidence,
		};
		for (const [name, array] of Object.entries(arrays)) {
			expect(createHash("sha256").update(bytesOf(array)).digest("hex"), name).toBe(caseOf(DEFAULT).expected[name]);
		}
	});
});

// A browser takes several times as long beside others on a busy machine.
const PATIENCE_MS = 180_000;
/** On a busy machine Firefox sometimes starts no worker in a page, for ever, while the page goes on. Another one does. */
const HANGS_AFTER_MS = 45_000;
const MOST_BROWSERS = 3;

describe.each(ENGINES)(
	"in $name (skipped unless $executablePath is there; $variable names another)",
	{ timeout: PATIENCE_MS },
	(engine) => {
		const test = it.skipIf(!engine.isInstalled);
		let running: RunningBrowser;
		let page: Page;

		const start = async (): Promise<void> => {
			running = await startBrowser(engine);
			page = await openPage();
		};
		beforeAll(start, PATIENCE_MS);

		afterAll(() => running?.[Symbol.asyncDispose]());

		/** A page with the modules. `before` runs in it ahead of everything. */
		async function openPage({ before = "", path = "" } = {}): Promise<Page> {
			const opened = await running.browser.newPage();
			await opened.evaluateOnNewDocument(before);
			await opened.goto(server.url + path);
			return opened;
		}

		/** Do something in the page; in that of another browser, if this one hangs. */
		async function inPage<T>(work: () => Promise<T>): Promise<T> {
			for (let browsers = 1; ; browsers++) {
				const given = work();
				// That of a browser that was closed fails when nobody waits for it any more.
				given.catch(() => undefined);
				const isOver = new AbortController();
				const hangs = wait(HANGS_AFTER_MS, "hangs", { signal: isOver.signal }).catch(() => undefined);
				const first = await Promise.race([given.then(() => "given"), hangs]).finally(() => isOver.abort());
				if (first !== "hangs" || browsers === MOST_BROWSERS) {
					return given;
				}
				await running[Symbol.asyncDispose]();
				await start();
			}
		}

		function digest(place: (typeof PLACES)[number], build: Build, name: string): Promise<unknown> {
			const call = JSON.stringify([build, name, caseOf(name).job]);
			return page.evaluate(
				place === "page"
					? `import("/job.js").then(({ digest }) => digest(...${call}))`
					: `import("/page.js").then(({ digestInWorker }) => digestInWorker(...${call}))`,
			);
		}

		test("the default job gives the bytes that Node gives, in a page and in a worker, on every build", async () => {
			for (const build of ["reference", "simd"] as const) {
				const digests = await inPage(() => Promise.all(PLACES.map((place) => digest(place, build, DEFAULT))));
				for (const [index, place] of PLACES.entries()) {
					expect(digests[index], `${build} in a ${place}`).toEqual(caseOf(DEFAULT).expected);
				}
			}
		});

		// Each build at one of the two places: the default job tells that a place makes no difference.
		test.each(BROWSER_NAMES)("%s gives the bytes that Node gives, on every build", async (name) => {
			const digests = await inPage(() =>
				Promise.all([digest("page", "reference", name), digest("worker", "simd", name)]),
			);
			expect(digests).toEqual([caseOf(name).expected, caseOf(name).expected]);
		});

		test("the default job gives the bytes that Node gives, in a worker that another one helps", async () => {
			expect(await inPage(() => digest("worker", "helped", DEFAULT))).toEqual(caseOf(DEFAULT).expected);
		});

		test("runs the SIMD build, and the reference where there is no WebAssembly or a policy forbids it", async () => {
			const nameKernels = (opened: Page) =>
				opened.evaluate(`import("/page.js").then((module) => module.nameKernels())`);
			expect(await nameKernels(page)).toBe("simd");
			expect(await nameKernels(await openPage({ before: "delete globalThis.WebAssembly" }))).toBe("reference");
			expect(await nameKernels(await openPage({ path: "strict" }))).toBe("reference");
		});
	},
);
