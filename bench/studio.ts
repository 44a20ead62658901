/** How long a person waits in the studio: from the hand to the picture, in Chromium without a graphics card. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { BrowserContext, Page } from "playwright-core";
import sharp from "sharp";
import { dropFiles, isReady } from "../apps/studio/test/support/page.ts";
import { serveStaticStudio } from "../apps/studio/test/support/static-studio.ts";
import { startChromium } from "../apps/studio/test/support/studio.ts";
import { startServiceProcess } from "../fixtures/service-load.ts";
import { formatBytes, markdownTable } from "./harness/markdown.ts";
import { progress } from "./harness/progress.ts";
import { summarise } from "./harness/statistics.ts";
import { installTimer, type StudioTimes } from "./studio-timer.ts";

/** Half a megapixel, and twelve. */
const STUDIO_SIDES = [
	{ width: 816, height: 612 },
	{ width: 4000, height: 3000 },
] as const;
const MOVES = 50;
const QUICK_MOVES = 4;
/** Moves whose network runs on the service. */
const SLOW_MOVES = 10;
const DROPS = 5;
/** Moves before the measured ones. */
const WARMING = 3;

/** Something that a person does again and again. */
interface Deed {
	readonly name: string;
	/** Milliseconds that 95 of 100 may take. */
	readonly limit: string;
	/** Whether what the page's script takes is told, which waits for no screen. @default the frame is */
	readonly isOfScript?: boolean;
	/** Pictures of the smaller size alone. @default both */
	readonly isSmall?: boolean;
	readonly moves?: number;
	prepare(page: Page): Promise<void>;
	/** Do it for the n-th time. @returns the times of it */
	move(page: Page, turn: number): Promise<StudioTimes>;
	after?(page: Page): Promise<void>;
}

const key = (name: string) => (page: Page) => page.evaluate((pressed) => window.dinosegBench.key(pressed), name);
const slide =
	(name: string, from = "ArrowRight", to = "ArrowLeft") =>
	(page: Page, turn: number) =>
		page.evaluate(([slider, pressed]) => window.dinosegBench.slide(slider, pressed), [
			name,
			turn % 2 === 0 ? from : to,
		] as const);
const tab = (name: string) => async (page: Page) => {
	await page.getByRole("tab", { name }).click();
};

const beginStroke = (page: Page) => page.evaluate(() => window.dinosegBench.beginStroke());
const endStroke = (page: Page) => page.evaluate(() => window.dinosegBench.endStroke());

const DEEDS: readonly Deed[] = [
	{ name: "detail", limit: "33", prepare: tab("Shape"), move: (page, turn) => key(turn % 2 === 0 ? "f" : "d")(page) },
	{
		name: "merge",
		limit: "33",
		async prepare(page) {
			await tab("Segments")(page);
		},
		async move(page) {
			await page.locator(".segment-pick").nth(0).click();
			await page
				.locator(".segment-pick")
				.nth(1)
				.click({ modifiers: ["Shift"] });
			// As every other move, it begins with a picture that is drawn.
			await page.evaluate(() => window.dinosegBench.settle());
			const times = await key("m")(page);
			await key("undo")(page);
			return times;
		},
	},
	{
		name: "recolour",
		limit: "33",
		prepare: tab("Segments"),
		move: (page, turn) =>
			page.evaluate(
				(value) => window.dinosegBench.recolor(value),
				`#${(100_000 + 7919 * turn).toString(16).padStart(6, "0")}`,
			),
	},
	{
		name: "hide",
		limit: "33",
		async prepare(page) {
			await tab("Segments")(page);
			await page.locator(".segment-pick").first().click();
		},
		move: key("x"),
	},
	{ name: "opacity", limit: "33", prepare: tab("View"), move: slide("Overlay", "ArrowLeft", "ArrowRight") },
	{
		name: "a move of the brush",
		limit: "stated",
		prepare: beginStroke,
		move: (page, turn) => page.evaluate((at) => window.dinosegBench.paint(at, true), turn),
		after: endStroke,
	},
	{
		name: "a move of the brush, its script",
		limit: "16",
		isOfScript: true,
		prepare: beginStroke,
		move: (page, turn) => page.evaluate((at) => window.dinosegBench.paint(at, false), turn),
		after: endStroke,
	},
	{
		name: "panning, from frame to frame",
		limit: "stated",
		async prepare(page) {
			await page.evaluate(() => window.dinosegBench.zoom(2));
		},
		move: (page, turn) => page.evaluate((dx) => window.dinosegBench.pan(dx), turn % 10 < 5 ? 6 : -6),
		async after(page) {
			await page.evaluate(() => window.dinosegBench.fit());
		},
	},
	{
		name: "number of clusters",
		limit: "150",
		isSmall: true,
		async prepare(page) {
			await tab("Shape")(page);
			await page.getByRole("radio", { name: "Clusters" }).click();
			await page.getByRole("slider", { name: "Number of clusters" }).waitFor();
			await isReady(page);
		},
		move: (page, turn) => slide("Number of clusters")(page, turn % 10 < 5 ? 0 : 1),
	},
	{
		name: "PCA variance",
		limit: "500",
		isSmall: true,
		moves: SLOW_MOVES,
		async prepare(page) {
			await page.getByRole("radio", { name: "Regions" }).click();
			await isReady(page);
			await page.getByText("Fine tuning").click();
		},
		move: (page) => slide("PCA variance", "ArrowLeft", "ArrowLeft")(page, 0),
	},
	{
		name: "median blur",
		limit: "500",
		isSmall: true,
		moves: 6,
		prepare: async () => undefined,
		move: (page) => slide("Median blur")(page, 0),
	},
];

/** A page that is measured. */
interface Measured {
	readonly url: string;
	/** What the rows say of the picture. */
	readonly title: string;
	readonly sides: { readonly width: number; readonly height: number };
	/** Milliseconds that 95 of 100 drops may take. */
	readonly limit: string;
	readonly deeds: readonly Deed[];
}

/** What is done on a page that is its own engine: of all else, the engine does nothing. */
const IN_PAGE = ["detail", "number of clusters"];

/** The table of what people do, at half a megapixel and at twelve. */
export async function studioTable(isQuick: boolean): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-bench-"));
	try {
		await using service = await startServiceProcess(folder, "--workers", "1");
		await using files = await serveStaticStudio({ isolated: true });
		await using browser = await startChromium();
		const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
		const [small, large] = STUDIO_SIDES;
		const [{ url }, title] = [service, "0.5 megapixels"];
		const first = await openTimed(context, url);
		const rows = [["first paint", "none", "–", "–", (await firstPaint(first)).toFixed(0), "–", "1,000"]];
		await first.close();
		const pages: readonly Measured[] = [
			{ url, title, sides: small, limit: "2,000", deeds: DEEDS },
			{ url, title: "12.0 megapixels", sides: large, limit: "–", deeds: DEEDS.filter(({ isSmall }) => !isSmall) },
			{
				url: files.url,
				title: `${title}, in the page`,
				sides: small,
				limit: "3,000",
				deeds: DEEDS.filter(({ name }) => IN_PAGE.includes(name)),
			},
		];
		for (const measured of pages) {
			rows.push(...(await rowsOf(context, measured, isQuick)));
		}
		const table = markdownTable(
			["What", "Picture", "Given away, ms", "95 of 100", "Drawn, ms", "95 of 100", "Limit"],
			"llrrrrr",
			rows,
		);
		return `${table}\n\n${await bundleTable()}`;
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** A page with the timer. */
async function openTimed(context: BrowserContext, url: string): Promise<Page> {
	const page = await context.newPage();
	// What compiles this file names functions by a helper that the page has not.
	await page.addInitScript({ content: `globalThis.__name = (made) => made; (${installTimer})();` });
	await page.goto(url);
	return page;
}

async function rowsOf(
	context: BrowserContext,
	{ url, title, sides, limit, deeds }: Measured,
	isQuick: boolean,
): Promise<string[][]> {
	const page = await openTimed(context, url);
	const scriptTime = await timeScripts(context, page);
	const drops: number[] = [];
	for (let drop = 0; drop < (isQuick ? 1 : DROPS) + 1; drop++) {
		await dropFiles(page, { name: `${drop}.jpg`, bytes: await photograph(sides, drop) });
		drops.push(await page.evaluate(() => window.dinosegBench.sinceDrop()));
		await isReady(page);
	}
	// The first has to wait for what is loaded once.
	const rows = [["drop to overlay", title, "–", "–", ...spread(drops.slice(1)), limit]];
	progress(`studio: ${title}, drop`);
	for (const deed of deeds) {
		const moves = isQuick ? QUICK_MOVES : (deed.moves ?? MOVES);
		await deed.prepare(page);
		const times: StudioTimes[] = [];
		const scripts: number[] = [];
		for (let turn = -WARMING; turn < moves; turn++) {
			const before = await scriptTime();
			const each = await deed.move(page, turn + WARMING);
			if (turn >= 0) {
				times.push(each);
				scripts.push((await scriptTime()) - before);
			}
		}
		await deed.after?.(page);
		const [drawn, finished] = (["drawn", "finished"] as const).map((which) => times.map((each) => each[which]));
		const told = deed.isOfScript ? [...spread(scripts), "–", "–"] : [...spread(drawn), ...spread(finished)];
		rows.push([deed.name, title, ...told, deed.limit]);
		progress(`studio: ${title}, ${deed.name}`);
	}
	await page.close();
	return rows;
}

/** @returns what the scripts of a page, without those of its workers, have taken so far, milliseconds. */
async function timeScripts(context: BrowserContext, page: Page): Promise<() => Promise<number>> {
	const devtools = await context.newCDPSession(page);
	await devtools.send("Performance.enable");
	return async () => {
		const { metrics } = await devtools.send("Performance.getMetrics");
		return 1000 * (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? Number.NaN);
	};
}

/** The median, and what 95 of 100 do not exceed. */
function spread(times: readonly number[]): [string, string] {
	const sorted = [...times].sort((a, b) => a - b);
	const most = sorted[Math.min(sorted.length - 1, Math.ceil(0.95 * sorted.length) - 1)];
	return [summarise(times).median.toFixed(0), most.toFixed(0)];
}

function firstPaint(page: Page): Promise<number> {
	return page.evaluate(
		() =>
			new Promise<number>((resolve) => {
				new PerformanceObserver((list) => {
					for (const { name, startTime } of list.getEntries()) {
						if (name === "first-contentful-paint") {
							resolve(startTime);
						}
					}
				}).observe({ type: "paint", buffered: true });
			}),
	);
}

/** A photograph with details of every size, another one for each number: bytes behind the end of a JPEG change no pixel. */
async function photograph(
	sides: { readonly width: number; readonly height: number },
	number: number,
): Promise<Uint8Array> {
	const example = await readFile(new URL("../examples/astronaut.jpg", import.meta.url));
	const jpeg = await sharp(example)
		.resize({ ...sides, fit: "cover" })
		.jpeg({ quality: 90 })
		.toBuffer();
	return Buffer.concat([jpeg, Buffer.from(`${process.pid} ${number}`)]);
}

/** What the browser loads. */
async function bundleTable(): Promise<string> {
	const folder = fileURLToPath(new URL("../apps/studio/dist/", import.meta.url));
	const names = (await readdir(folder, { recursive: true })).filter((name) => /\.(js|css|html)$/.test(name)).sort();
	const files = await Promise.all(
		names.map(async (name) => {
			const bytes = await readFile(join(folder, name));
			return {
				name: name.replace(/-[\w-]{8}\./, "."),
				bytes: bytes.length,
				gzip: gzipSync(bytes, { level: 9 }).length,
			};
		}),
	);
	const sum = (what: "bytes" | "gzip"): number => files.reduce((total, file) => total + file[what], 0);
	return markdownTable(
		["File", "Bytes", "gzip"],
		"lrr",
		[...files, { name: "all", bytes: sum("bytes"), gzip: sum("gzip") }].map(({ name, bytes, gzip }) => [
			name,
			formatBytes(bytes),
			formatBytes(gzip),
		]),
	);
}
