import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import type { PartialOptions } from "@dinoseg/core/options";
import { createSegmenter, type Segmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASCII, DOUBLE, encodeTiff, SHORT } from "../../../fixtures/tiff.ts";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { fetchPixels, fetchTokens, segmentInPage } from "./support/segment-in-page.ts";
import { type TestService, useService } from "./support/service.ts";

const example = (name: string) => readFile(fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url)));
const service = useService();
/** One in which two wait at most. */
const narrow = useService({ maxQueue: 1 });
let segmenter: Segmenter;
beforeAll(async () => {
	segmenter = await createSegmenter({ cache: false });
});
afterAll(() => segmenter?.dispose());

const [WIDTH, HEIGHT] = [90, 60];
/** Two halves with noise: neither of one colour, nor without contrast. */
const samples = (channels: number, top: number) =>
	Uint16Array.from({ length: WIDTH * HEIGHT * channels }, (_, index) => {
		const x = Math.floor(index / channels) % WIDTH;
		return (x < WIDTH / 2 ? top / 4 : top / 2) + ((index * 7919) % (top / 8));
	});

const deep = encodeTiff([{ width: WIDTH, height: HEIGHT, channels: 3, data: samples(3, 4000) }]);
/** Whose left upper corner has no data, and whose text is not ASCII. */
const placed = encodeTiff([
	{
		width: WIDTH,
		height: HEIGHT,
		channels: 1,
		data: samples(1, 4000).map((value, index) => (index % WIDTH < 20 && index < WIDTH * 20 ? 0 : value)),
		tags: [
			{ tag: 33550, type: DOUBLE, values: [2, 2, 0] },
			{ tag: 33922, type: DOUBLE, values: [0, 0, 0, 5e5, 5e6, 0] },
			{
				tag: 34735,
				type: SHORT,
				values: [1, 1, 0, 4, 1024, 0, 1, 1, 1026, 34737, 9, 0, 3072, 0, 1, 32632, 3076, 0, 1, 9001],
			},
			{ tag: 34737, type: ASCII, values: [...Buffer.from("Zürich \n|\0", "latin1")] },
			{ tag: 42113, type: ASCII, values: [...Buffer.from("0\0")] },
		],
	},
]);
const stack = encodeTiff([
	{ width: 8, height: 8, channels: 1, data: new Uint8Array(64).fill(90) },
	{ width: WIDTH, height: HEIGHT, channels: 3, data: samples(3, 200).map((value) => value) },
]);
const turned = await sharp(await example("cat.jpg"))
	.resize(WIDTH)
	.withMetadata({ orientation: 6 })
	.jpeg()
	.toBuffer();
const flat = await sharp({ create: { width: 70, height: 42, channels: 3, background: "#369" } })
	.png()
	.toBuffer();
const cat = await smallExample("cat.jpg");

const queryOf = (options: PartialOptions) =>
	new URLSearchParams(Object.entries(options).map(([key, value]): [string, string] => [key, String(value)])).toString();

const PICTURES: readonly [title: string, bytes: Uint8Array, options: PartialOptions, facts: object][] = [
	["a PNG", cat, {}, { width: 120, height: 80, hasValid: false, warnings: [] }],
	["a JPEG that is turned upright", turned, {}, { width: 60, height: WIDTH, hasValid: false }],
	["16 bits", deep, {}, { stretch: { black: expect.any(Number), white: expect.any(Number) }, hasValid: false }],
	["16 bits of one band, not stretched", deep, { bands: [2], stretch: "none" }, { hasValid: false, warnings: [] }],
	[
		"a GeoTIFF with pixels without data",
		placed,
		{},
		{
			hasValid: true,
			georeference: { crs: "EPSG:32632", geoKeys: { text: expect.stringContaining("rich") } },
			pixelSize: { width: 2, height: 2, unit: "m" },
		},
	],
	["a page of a stack", stack, { page: 2 }, { page: 2, width: WIDTH }],
	["one colour", flat, {}, { width: 70, height: 42 }],
];

describe.each(PICTURES)("%s", (_title, bytes, options, known) => {
	let id: string;
	beforeAll(async () => {
		id = await service.send(bytes);
	});

	it("has the pixels that the library decodes, and what it knows of them", async () => {
		const { image, valid, name: _, path: __, sha256, ...facts } = await segmenter.decode(bytes, options);
		const served = await fetchPixels(service, id, queryOf(options));
		expect(sha256).toBe(id);
		expect(served.facts).toMatchObject(known);
		expect(served.facts).toEqual({
			...JSON.parse(JSON.stringify(facts)),
			width: image.width,
			height: image.height,
			hasValid: valid !== undefined,
		});
		expect(served.data).toEqual(image.data);
		expect(served.valid).toEqual(valid);
	});

	it.each<PartialOptions>([{ clusters: 3 }, { segments: "regions" }, { repair: true, debias: true, clusters: 2 }])(
		"makes the segments.json of the service in a page that has its pixels and tokens: %j",
		async (more) => {
			const all = { ...options, ...more, inputSize: 112 };
			const wanted = await service.segment(id, { ...all, ...("bands" in options ? { bands: "2" } : {}) });
			const expected = await (await service.fetch(`/v1/segmentations/${wanted}`)).text();
			const made = await segmentInPage(service, id, { ...all, maxPixels: 50_000_000 }, queryOf(all));
			expect(made).toBe(expected);
		},
	);
});

describe("tokens", () => {
	it("are those of the library, with their norms and the model that made them", async () => {
		const id = await service.send(cat);
		for (const options of [{}, { repair: true, debias: true, inputSize: 112 }] as const) {
			const { grid, model } = await fetchTokens(service, id, queryOf(options));
			expect(grid).toEqual(await segmenter.features(cat, options));
			const { config: _, ...identity } = segmenter.model;
			expect(model).toEqual(identity);
		}
	});

	it("are the same from the disk", async () => {
		const id = await service.send(cat);
		const first = await fetchTokens(service, id, "inputSize=84");
		await service.restart();
		expect(await fetchTokens(service, id, "inputSize=84")).toEqual(first);
	});
});

describe("pixels", () => {
	it("are named by what decides them, and not sent again to who has them", async () => {
		const id = await service.send(cat);
		const etagOf = async (query: string) => {
			const { status, headers, body } = await service.fetch(`/v1/images/${id}/pixels?${query}`);
			await body?.cancel();
			return [status, headers.get("etag"), headers.get("cache-control")];
		};
		const [status, etag, caching] = await etagOf("");
		expect([status, caching]).toEqual([200, "private, no-cache"]);
		expect(await etagOf("clusters=3&model=dinov2-large&layer=99")).toEqual([200, etag, caching]);
		expect((await etagOf("nodata=0"))[1]).not.toBe(etag);
		const known = { headers: { "if-none-match": String(etag) } };
		expect((await service.fetch(`/v1/images/${id}/pixels`, known)).status).toBe(304);
		const head = await service.fetch(`/v1/images/${id}/pixels`, { method: "HEAD" });
		expect([head.status, head.headers.get("content-length")]).toEqual([200, String(120 * 80 * 3)]);
	});

	it("are kept nowhere", async () => {
		const id = await service.send(cat);
		const before = await service.files();
		await fetchPixels(service, id);
		expect(await service.files()).toEqual(before);
	});

	it("are decoded once for all that ask at the same time", async () => {
		const id = await service.send(await sharp(cat).resize(3000).png().toBuffer());
		const before = await decodings(service);
		const served = await Promise.all(Array.from({ length: 4 }, () => fetchPixels(service, id)));
		expect(served[3]).toEqual(served[0]);
		expect(await decodings(service)).toBe(before + 1);
	});

	it("of what is no picture, or is not there, are problems", async () => {
		const id = await service.send(cat.slice(0, cat.length / 2));
		expect(await service.json(`/v1/images/${id}/pixels`, 422)).toMatchObject({ code: "IMAGE_CORRUPT" });
		expect(await service.json(`/v1/images/${"0".repeat(64)}/pixels`, 404)).toMatchObject({ code: "RESOURCE_UNKNOWN" });
		const one = await service.send(cat);
		expect(await service.json(`/v1/images/${one}/pixels?page=2`, 400)).toMatchObject({ code: "PAGE_NOT_FOUND" });
		expect(await service.json(`/v1/images/${one}/pixels?colour=2`, 400)).toMatchObject({ code: "OPTION_INVALID" });
	});

	it("take a place in the queue for each client, until it has them or goes", async () => {
		const id = await narrow.send(await sharp(cat).resize(3000).png().toBuffer());
		const before = await decodings(narrow);
		// They take nothing of their answers.
		const { hostname, port } = new URL(narrow.url);
		const slow = [0, 1].map(() => {
			const socket = connect(Number(port), hostname);
			socket.on("error", () => undefined);
			socket.pause();
			socket.write(`GET /v1/images/${id}/pixels HTTP/1.1\r\nHost: localhost\r\n\r\n`);
			return socket;
		});
		await expect.poll(() => decodings(narrow)).toBe(before + 1);
		await expect.poll(() => waiting(narrow)).toBe(2);
		expect(await narrow.json(`/v1/images/${id}/pixels`, 503)).toMatchObject({ code: "QUEUE_FULL" });
		for (const socket of slow) {
			socket.destroy();
		}
		await expect.poll(() => waiting(narrow)).toBe(0);
		await fetchPixels(narrow, id);
		await expect.poll(() => waiting(narrow)).toBe(0);
	});

	it("are not decoded for whom there is no place, even if another has them made", async () => {
		const id = await narrow.send(cat);
		const busy = await narrow.segment(id, { inputSize: 182, clusters: "2..100", restarts: 100 });
		await expect.poll(async () => (await narrow.json(`/v1/jobs/${busy}`))["status"]).toBe("running");
		const first = fetchPixels(narrow, id);
		await expect.poll(() => waiting(narrow)).toBe(1);
		const refused = ["", "nodata=0"].map((query) => narrow.json(`/v1/images/${id}/pixels?${query}`, 503));
		expect(await Promise.all(refused)).toMatchObject([{ code: "QUEUE_FULL" }, { code: "QUEUE_FULL" }]);
		await narrow.fetch(`/v1/jobs/${busy}`, { method: "DELETE" });
		expect((await first).data).toHaveLength(120 * 80 * 3);
		await expect.poll(() => waiting(narrow)).toBe(0);
	});

	it("leave no place taken where they cannot be made", async () => {
		const broken = await narrow.send(cat.slice(0, cat.length / 2));
		for (let round = 0; round < 3; round++) {
			expect(await narrow.json(`/v1/images/${broken}/pixels`, 422)).toMatchObject({ code: "IMAGE_CORRUPT" });
		}
		const id = await narrow.send(cat);
		await fetchPixels(narrow, id);
		await expect.poll(() => waiting(narrow)).toBe(0);
	});

	it("are not made for a client that has gone", async () => {
		const id = await service.send(cat);
		const slow = { inputSize: 182, clusters: "2..100", restarts: 100 };
		const busy = await service.segment(id, slow);
		await expect.poll(async () => (await service.json(`/v1/jobs/${busy}`))["status"]).toBe("running");
		const leaver = new AbortController();
		const leaving = service.fetch(`/v1/images/${id}/pixels`, { signal: leaver.signal }).catch(() => "gone");
		await expect.poll(() => waiting(service)).toBe(1);
		leaver.abort();
		expect(await leaving).toBe("gone");
		await expect.poll(() => waiting(service)).toBe(0);
		await service.fetch(`/v1/jobs/${busy}`, { method: "DELETE" });
	});
});

async function metric(service: TestService, pattern: RegExp): Promise<number> {
	return Number(pattern.exec(await (await service.fetch("/metrics")).text())?.[1] ?? 0);
}

const decodings = (service: TestService) => metric(service, /^dinoseg_stage_seconds_count\{stage="decode"\} (\d+)$/m);
const waiting = (service: TestService) => metric(service, /^dinoseg_jobs_waiting (\d+)$/m);
