import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isDinosegError } from "@dinoseg/core/errors";
import { decodeLabelPng, parseSegments } from "@dinoseg/core/labels";
import { DEFAULT_OPTIONS, type SegmentationOptions } from "@dinoseg/core/options";
import { loadKernels } from "@dinoseg/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startService, type TestService } from "../../server/test/support/service.ts";
import { DEFAULT_SETTINGS } from "../src/app/default-settings.ts";
import { createEngine } from "../src/engine/http-engine.ts";
import type { Settings } from "../src/session/scene.ts";
import { createSession } from "../src/session/session.ts";
import type { SessionApi } from "../src/session/session-api.ts";
import type { Keep, KeptState } from "../src/storage/keep.ts";
import { GRACE_MS } from "./support/studio.ts";

/** What a browser keeps, in memory. */
function memoryKeep(files: Map<string, File>, states: Map<string, KeptState>): Keep {
	return {
		list: async () => [...files].map(([id, file]) => ({ id, file, state: states.get(id) })),
		state: async (id) => states.get(id),
		setFile: async (id, file) => void files.set(id, file),
		setState: async (id, state) => void states.set(id, state),
		async remove(id) {
			files.delete(id);
			states.delete(id);
		},
		left: async () => 0,
		takeLeft: async () => undefined,
	};
}

/** For a network that takes milliseconds. */
const INPUT_SIZE = 126;
const settingsWith = (options: Partial<SegmentationOptions>): Settings => ({
	...DEFAULT_SETTINGS,
	options: { ...DEFAULT_OPTIONS, inputSize: INPUT_SIZE, ...options },
});
const regions = (options: Partial<SegmentationOptions> = {}) => settingsWith({ segments: "regions", ...options });

const pathOf = (name: string): string => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url));

async function photograph(name: string): Promise<File> {
	return new File([new Uint8Array(await readFile(pathOf(name)))], name);
}

describe("a session", () => {
	let service: TestService & AsyncDisposable;
	let session: SessionApi;
	const [files, states] = [new Map<string, File>(), new Map<string, KeptState>()];
	let pictures = 0;

	const createOne = async (): Promise<SessionApi> => {
		const made = createSession({
			createEngine,
			kernels: loadKernels(),
			openKeep: async () => memoryKeep(files, states),
			now: () => performance.now(),
			yield: () => new Promise((resolve) => setImmediate(resolve)),
		});
		await made.connect({ url: service.url }, "tab", {});
		return made;
	};
	beforeAll(async () => {
		service = await startService({}, undefined, undefined, GRACE_MS);
		session = await createOne();
	});
	afterAll(() => service?.[Symbol.asyncDispose]());

	/** A picture, segmented. */
	const openNew = async (settings: Settings, name = "cat.jpg") => {
		const id = `${++pictures}`;
		await session.open(id, await photograph(name), settings, {});
		return { id, scene: await session.segment(id, settings, 0, {}) };
	};
	const labelsOf = async (id: string): Promise<Buffer> =>
		Buffer.from((await session.exportFile(id, { file: "labels.png" }, {})).bytes);
	const served = async (query: string, name = "cat.jpg"): Promise<Buffer> => {
		const body = new FormData();
		body.set("image", await photograph(name));
		const answer = await service.fetch(`/v1/segment?inputSize=${INPUT_SIZE}&${query}`, { method: "POST", body });
		expect(answer.status).toBe(200);
		return Buffer.from(await answer.arrayBuffer());
	};

	it.each([
		["segments=regions", regions()],
		["segments=regions&detail=71", regions({ detail: 71 })],
		["segments=regions&clusters=9&median=0", regions({ clusters: 9, median: 0 })],
		["clusters=5", settingsWith({ clusters: 5 })],
		["pca=0.9&smooth=none&minArea=0", settingsWith({ pca: 0.9, smooth: { method: "none" }, minArea: { pixels: 0 } })],
	])("makes the label map that the service makes: %s", async (query, settings) => {
		const { id } = await openNew(settings);
		expect((await labelsOf(id)).equals(await served(query))).toBe(true);
	});

	it("cuts otherwise, once for each gesture, and takes settings back with the segments", async () => {
		const { id, scene } = await openNew(regions());
		const first = await labelsOf(id);
		await session.segment(id, regions({ detail: 60 }), 1, {});
		const cut = await session.segment(id, regions({ detail: 75 }), 1, {});
		expect(cut.segments.length).toBeGreaterThan(scene.segments.length);
		expect(cut.patches).toEqual([]);
		expect((await labelsOf(id)).equals(await served("segments=regions&detail=75"))).toBe(true);
		const clusters = await session.segment(id, settingsWith({ clusters: 4 }), 2, {});
		expect(clusters.segments).toHaveLength(4);
		const back = await session.undo(id, {});
		expect(back.settings.options).toMatchObject({ segments: "regions", detail: 75 });
		const start = await session.undo(id, {});
		expect([start.undo, start.settings.options.detail]).toEqual([undefined, 50]);
		expect((await labelsOf(id)).equals(first)).toBe(true);
		expect((await session.redo(id, {})).settings.options.detail).toBe(75);
	});

	it("merges, paints, goes around and names; what is exported says so", async () => {
		const { id, scene } = await openNew(regions({ detail: 70 }));
		const [a, b, c] = scene.segments.map((segment) => segment.id);
		const first = await labelsOf(id);
		await session.edit(id, { type: "merge", segments: [a, b], into: b }, 1, {});
		await session.edit(id, { type: "rename", segment: b, name: "fur" }, 2, {});
		await session.beginStroke(id, { mode: "paint", into: c, by: "pixels", radius: 10 }, {});
		const painted = await session.extendStroke(
			id,
			[
				{ x: 50, y: 50 },
				{ x: 90, y: 60 },
			],
			{},
		);
		expect(painted.patches.length).toBeGreaterThan(0);
		await session.endStroke(id, {});
		const polygon = Float32Array.of(200, 100, 260, 100, 230, 160);
		const lassoed = await session.edit(id, { type: "lasso", polygon, by: "pixels", into: "new" }, 3, {});
		expect(lassoed.isEdited).toBe(true);
		const { bytes } = await session.exportFile(id, { file: "segments.json" }, {});
		const document = parseSegments(new TextDecoder().decode(bytes));
		expect(document.edited).toBe(true);
		expect(document.segments.find(({ name }) => name === "fur")?.id).toBe(b);
		expect(document.segments.map(({ pixels }) => pixels)).toEqual(lassoed.segments.map(({ pixels }) => pixels));
		expect(decodeLabelPng(await labelsOf(id)).data[50 * 451 + 50]).toBe(c);
		for (let step = 0; step < 4; step++) {
			await session.undo(id, {});
		}
		expect((await labelsOf(id)).equals(first)).toBe(true);
	});

	it("keeps nothing of a stroke before its end, and paints on meanwhile", async () => {
		const { id, scene } = await openNew(regions());
		const into = scene.segments[1].id;
		await session.beginStroke(id, { mode: "paint", into, by: "pixels", radius: 6 }, {});
		await session.extendStroke(id, [{ x: 30, y: 30 }], {});
		await session.flush({});
		expect(states.get(id)?.document).toBeUndefined();
		const { patches } = await session.extendStroke(id, [{ x: 60, y: 30 }], {});
		expect(patches.length).toBeGreaterThan(0);
		await session.endStroke(id, {});
		await session.flush({});
		expect(states.get(id)?.document).toBeDefined();
	});

	it("sleeps with what was done by hand, and wakes with it", async () => {
		const { id, scene } = await openNew(regions({ detail: 70 }));
		const [a, b] = scene.segments.map((segment) => segment.id);
		const merged = await session.edit(id, { type: "merge", segments: [a, b], into: a }, 1, {});
		await session.sleep(id, {});
		await session.open(id, await photograph("cat.jpg"), regions({ detail: 70 }), {});
		expect((await session.segment(id, regions({ detail: 70 }), 0, {})).segments).toEqual(merged.segments);
	});

	it("walks the tree of clusters too", async () => {
		const { id, scene } = await openNew(settingsWith({ clusters: 3 }));
		const [largest] = [...scene.segments].sort((x, y) => y.pixels - x.pixels);
		const finer = await session.edit(id, { type: "walk", segments: [largest.id], step: 1 }, 1, {});
		expect(finer.segments).toHaveLength(4);
		expect((await session.undo(id, {})).segments).toHaveLength(3);
	});

	it("explains a segment, and shows every layer", async () => {
		const { id, scene } = await openNew(regions());
		const { others, similarity, mergesNext } = await session.explain(id, scene.segments[1].id, {});
		expect(others.map(({ segment }) => segment).sort((x, y) => x - y)).toEqual(
			scene.segments.map((segment) => segment.id).filter((segment) => segment !== scene.segments[1].id),
		);
		expect(mergesNext.length).toBeGreaterThan(0);
		expect(similarity.data).toHaveLength(similarity.width * similarity.height);
		for (const kind of ["denoised", "patches", "components", "confidence", "borders"] as const) {
			const { data, width, height, channels } = await session.layer(id, kind, {});
			expect(data).toHaveLength(width * height * channels);
		}
	});

	it("opens what it wrote", async () => {
		const { id, scene } = await openNew(regions({ detail: 70 }));
		const [a, b] = scene.segments.map((segment) => segment.id);
		await session.edit(id, { type: "merge", segments: [a, b], into: a }, 1, {});
		const merged = await session.edit(id, { type: "recolor", segment: a, color: [1, 2, 3] }, 2, {});
		const files = await Promise.all(
			["labels.png", "segments.json"].map(async (file) => ({
				name: file,
				bytes: (await session.exportFile(id, { file }, {})).bytes,
			})),
		);
		await session.segment(id, regions({ detail: 20 }), 3, {});
		const opened = await session.openLabels(id, files, {});
		expect(opened.segments).toEqual(merged.segments);
		expect(opened.settings.options.detail).toBe(70);
	});

	it("finds the same in several pictures", async () => {
		const one = await openNew(settingsWith({ clusters: 4 }), "cat.jpg");
		const two = await openNew(settingsWith({ clusters: 4 }), "coffee.jpg");
		const [first, second] = await session.findInAll([one.id, two.id], 6, {});
		const colors = new Map(first.segments.map(({ id, color, name }) => [id, { color, name }]));
		for (const { id, color, name } of second.segments) {
			expect(colors.get(id) ?? { color, name }).toEqual({ color, name });
		}
		expect(second.segments.some(({ id }) => colors.has(id))).toBe(true);
	});

	it("is there again with another session, edits included", async () => {
		const { id, scene } = await openNew(regions({ detail: 70 }));
		const [a, b] = scene.segments.map((segment) => segment.id);
		const merged = await session.edit(id, { type: "merge", segments: [a, b], into: a }, 1, {});
		const edited = await labelsOf(id);
		await expect.poll(() => states.get(id)?.document).toBeDefined();
		session = await createOne();
		const kept = (await session.kept({})).find((record) => record.id === id);
		if (kept?.state === undefined) {
			throw new Error("nothing was kept");
		}
		const { file, state } = kept;
		await session.open(id, file, state.settings, {});
		expect((await session.segment(id, state.settings, 0, {})).segments).toEqual(merged.segments);
		expect((await labelsOf(id)).equals(edited)).toBe(true);
	});

	it("sends an image again that the service has forgotten, and loses nothing while it does not answer", async () => {
		const { id, scene } = await openNew(regions(), "rocket.jpg");
		const imageId = await imageIdOf(service, "rocket.jpg");
		expect((await service.fetch(`/v1/images/${imageId}`, { method: "DELETE" })).status).toBe(204);
		const other = await session.segment(id, regions({ median: 9 }), 1, {});
		expect(other.settings.options.median).toBe(9);
		const { port } = new URL(service.url);
		await service.close();
		const failure = await session.segment(id, regions({ median: 11 }), 2, {}).catch((error: unknown) => error);
		expect(isDinosegError(failure) && failure.code).toBe("SERVICE_UNREACHABLE");
		await service.restart({ workers: 1, port: Number(port) });
		expect((await session.undo(id, {})).segments).toEqual(scene.segments);
		expect((await session.segment(id, regions({ median: 11 }), 3, {})).settings.options.median).toBe(11);
	});
});

/** The id of an example that the service has. */
async function imageIdOf({ files }: TestService, name: string): Promise<string> {
	const imageId = createHash("sha256")
		.update(await readFile(pathOf(name)))
		.digest("hex");
	expect((await files()).some((file) => file.includes(imageId))).toBe(true);
	return imageId;
}
