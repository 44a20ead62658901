import { createHash } from "node:crypto";
import { decodeLabelPng, parseSegments } from "@dinoseg/core/labels";
import { EXPORT_FORMAT_NAMES } from "@dinoseg/core/labels/formats";
import { decodeRegionTree } from "@dinoseg/core/regions";
import { renderResultFiles } from "@dinoseg/core/result";
import { encodePng } from "@dinoseg/node";
import { createSegmenter } from "@dinoseg/node/segmenter";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeTiff } from "../../../fixtures/tiff.ts";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { imageForm, useService } from "./support/service.ts";

const service = useService();
const cat = await smallExample("cat.jpg");
const catId = createHash("sha256").update(cat).digest("hex");

async function bytesOf(answer: Response): Promise<Buffer> {
	expect(answer.status).toBe(200);
	return Buffer.from(await answer.arrayBuffer());
}

describe("images", () => {
	it("have the digest of their bytes as id, and are known by it", async () => {
		const answer = await service.fetch("/v1/images", imageForm(cat));
		expect(answer.status).toBe(201);
		expect(answer.headers.get("location")).toBe(`/v1/images/${catId}`);
		const image = await answer.json();
		expect(image).toEqual({ id: catId, width: 120, height: 80, format: "png", pages: 1, bytes: cat.length });
		expect(await service.json(`/v1/images/${catId}`)).toEqual(image);
	});

	it("can be forgotten", async () => {
		const other = await smallExample("coffee.jpg");
		const id = await service.send(other);
		expect((await service.fetch(`/v1/images/${id}`, { method: "DELETE" })).status).toBe(204);
		expect(await service.json(`/v1/images/${id}`, 404)).toMatchObject({ code: "RESOURCE_UNKNOWN", status: 404 });
		expect((await service.files()).filter((file) => file.includes(id))).toEqual([]);
	});

	it("give superpixels, tree and tokens", async () => {
		const id = await service.send(cat);
		const map = decodeLabelPng(await bytesOf(await service.fetch(`/v1/images/${id}/superpixels.png`)));
		const { tree } = decodeRegionTree(await bytesOf(await service.fetch(`/v1/images/${id}/tree`)));
		expect(map).toMatchObject({ width: 120, height: 80, count: tree.leaves });
		const answer = await service.fetch(`/v1/images/${id}/tokens?inputSize=112`);
		const { rows, cols, dim } = JSON.parse(answer.headers.get("dinoseg-shape") ?? "");
		expect((await bytesOf(answer)).length).toBe(4 * rows * cols * (dim + 1));
		expect([rows, cols]).toEqual([5, 8]);
	});
});

describe("a segmentation", () => {
	let id: string;
	beforeAll(async () => {
		id = await service.segment(await service.send(cat), { clusters: 3 });
	});

	it("has the files that the library gives, byte for byte", async () => {
		const segmenter = await createSegmenter({ cache: false });
		const { files } = renderResultFiles(await segmenter.segment(cat, { clusters: 3, maxPixels: 50_000_000 }), {
			encodePng,
		});
		await segmenter.dispose();
		for (const [name, make] of files) {
			const path = name === "segments.json" ? "" : `/${name}`;
			const served = await bytesOf(await service.fetch(`/v1/segmentations/${id}${path}`));
			expect(served.equals(Buffer.from(await make())), name).toBe(true);
		}
	});

	it("is done once its job says so, and has the same name when it is asked for again", async () => {
		await service.fetch(`/v1/segmentations/${id}`);
		expect(await service.json(`/v1/jobs/${id}`)).toEqual({ id, status: "done" });
		expect(await service.segment(catId, { clusters: 3 })).toBe(id);
		expect(await service.segment(catId, { clusters: 4 })).not.toBe(id);
	});

	it.each(EXPORT_FORMAT_NAMES)("can be had for another tool: %s", async (format) => {
		const answer = await service.fetch(`/v1/segmentations/${id}/export/${format}`);
		expect((await bytesOf(answer)).length).toBeGreaterThan(50);
		expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+"$/);
	});

	it("takes what an export can be told", async () => {
		const path = `/v1/segmentations/${id}/export`;
		const coco = await service.json<{ images: object[] }>(`${path}/coco?file=photos/cat.png&polygons=true`);
		expect(coco.images).toMatchObject([{ file_name: "photos/cat.png" }]);
		expect(await service.json(`${path}/npy?polygons=true`, 400)).toMatchObject({ code: "REQUEST_INVALID" });
		expect(await service.json(`${path}/coco?file=../cat.png`, 400)).toMatchObject({ code: "REQUEST_INVALID" });
		expect(await service.json(`${path}/coco?simplify=-1`, 400)).toMatchObject({ code: "REQUEST_INVALID" });
		expect(await service.json(`${path}/exe`, 400)).toMatchObject({ code: "REQUEST_INVALID" });
	});

	it("tells what a format could not hold", async () => {
		const answer = await service.fetch(`/v1/segmentations/${id}/export/geojson`);
		expect(answer.headers.get("dinoseg-warnings")).toBe("REFERENCE_SYSTEM_MISSING");
	});

	it("is not sent again to who has it, and not even looked up", async () => {
		const { headers } = await service.fetch(`/v1/segmentations/${id}/labels.png`);
		const etag = headers.get("etag") ?? "";
		const again = { headers: { "if-none-match": `"other", W/${etag}` } };
		expect((await service.fetch(`/v1/segmentations/${id}/labels.png`, again)).status).toBe(304);
		const unknown = { headers: { "if-none-match": `"${"0".repeat(32)}-labels.png"` } };
		expect((await service.fetch(`/v1/segmentations/${"0".repeat(32)}/labels.png`, unknown)).status).toBe(304);
	});

	it("tells its events, from where the client was", async () => {
		const job = await service.segment(catId, { clusters: 3, seed: 1 });
		const all = await (await service.fetch(`/v1/jobs/${job}/events`)).text();
		expect(all).toMatch(/^event: status\ndata: \{"type":"status","status":"queued"\}\nid: 0\n\n/);
		expect(all).toMatch(/event: stage-end\n/);
		expect(all).toMatch(/data: \{"type":"status","status":"done"\}\nid: \d+\n\n$/);
		const rest = await (await service.fetch(`/v1/jobs/${job}/events`, { headers: { "last-event-id": "3" } })).text();
		expect(rest).toMatch(/^event: [\w-]+\ndata: .*\nid: 4\n/);
		expect(all.endsWith(rest)).toBe(true);
		const last = /id: (\d+)\n\n$/.exec(all)?.[1] ?? "";
		const nothing = await service.fetch(`/v1/jobs/${job}/events`, { headers: { "last-event-id": last } });
		expect(nothing.status).toBe(204);
	});

	it("that nobody asked for is not there", async () => {
		const none = "f".repeat(32);
		for (const path of [`/v1/segmentations/${none}`, `/v1/segmentations/${none}/labels.png`, `/v1/jobs/${none}`]) {
			expect(await service.json(path, 404)).toMatchObject({ code: "RESOURCE_UNKNOWN" });
		}
	});

	it("of an image that is gone keeps its files, and gets no new ones", async () => {
		const imageId = await service.send(await smallExample("rocket.jpg"));
		const other = await service.segment(imageId, { clusters: 2 });
		await service.fetch(`/v1/segmentations/${other}`);
		await service.fetch(`/v1/images/${imageId}`, { method: "DELETE" });
		expect((await service.fetch(`/v1/segmentations/${other}/labels.png`)).status).toBe(200);
		expect(await service.json(`/v1/segmentations/${other}/figure.png`, 404)).toMatchObject({
			code: "RESOURCE_UNKNOWN",
		});
	});
});

describe("a stack", () => {
	it("has no page of more tokens than are allowed, whatever the first one has", async () => {
		const page = (width: number, height: number) =>
			({ width, height, channels: 1, data: new Uint8Array(width * height) }) as const;
		const id = await service.send(encodeTiff([page(1120, 56), page(112, 112)]));
		expect(await service.segment(id, { inputSize: 1120, clusters: 2 })).toMatch(/^[0-9a-f]{32}$/);
		const options = { inputSize: 1120, clusters: 2, page: 2 };
		const problem = await service.json("/v1/segmentations", 400, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ imageId: id, options }),
		});
		expect(problem).toMatchObject({ detail: expect.stringMatching(/80 x 80 = 6400 tokens, at most 5476/) });
	});
});

describe("what is wrong with a request for a segmentation", () => {
	const post = (body: string, type = "application/json") => ({
		method: "POST",
		headers: { "content-type": type },
		body,
	});
	const of = (options: unknown) => post(JSON.stringify({ imageId: catId, options }));

	it.each([
		["an unknown option", { colour: 3 }, /unknown option "colour"/],
		["an option of the service", { maxPixels: 1e9 }, /unknown option "maxPixels"/],
		["a value that is not allowed", { clusters: 5000 }, /clusters must be an integer from 1 to 1024, got 5000/],
		["a value of another form", { clusters: [5] }, /clusters must be a number of segments/],
		["an unknown preset", { preset: "best" }, /preset must be one of fast, paper/],
		["an option that decides nothing", { detail: 20 }, /detail 20 decides nothing/],
		["a layer that the model does not have", { layer: "99" }, /layer/],
		["more tokens than are allowed", { inputSize: 4096, stride: 2 }, /at most 5476 are allowed/],
	])("is told: %s", async (_what, options, message) => {
		await service.send(cat);
		const problem = await service.json("/v1/segmentations", 400, of(options));
		expect(problem).toMatchObject({ code: "OPTION_INVALID", status: 400, detail: expect.stringMatching(message) });
	});

	it.each([
		["no JSON", "{", 400, "REQUEST_INVALID"],
		["no image", "{}", 400, "REQUEST_INVALID"],
		["more than is asked for", JSON.stringify({ imageId: catId, more: 1 }), 400, "REQUEST_INVALID"],
		["an image that was not sent", JSON.stringify({ imageId: "0".repeat(64) }), 404, "RESOURCE_UNKNOWN"],
		["far too much", JSON.stringify({ imageId: catId, more: "x".repeat(1e5) }), 413, "UPLOAD_TOO_LARGE"],
	])("is told: %s", async (_what, body, status, code) => {
		expect(await service.json("/v1/segmentations", status, post(body))).toMatchObject({ code });
	});

	it("is told: another media type", async () => {
		const problem = await service.json("/v1/segmentations", 415, post("{}", "text/plain"));
		expect(problem).toMatchObject({ code: "MEDIA_TYPE_UNSUPPORTED" });
	});

	it("is told: a model that is not there, and one that nobody may name", async () => {
		await service.send(cat);
		expect(await service.json("/v1/segmentations", 409, of({ model: "dinov2-large" }))).toMatchObject({
			code: "MODEL_NOT_CACHED",
		});
		for (const model of ["facebook/dinov2-small", "../models", "/etc", "http://example.org"]) {
			expect(await service.json("/v1/segmentations", 404, of({ model }))).toMatchObject({ code: "MODEL_UNKNOWN" });
		}
		expect(await service.json("/v1/models/tiny/pull", 404, { method: "POST" })).toMatchObject({
			code: "MODEL_UNKNOWN",
		});
	});
});

describe("one call", () => {
	it("gives the label map of an image", async () => {
		const answer = await service.fetch("/v1/segment?clusters=3", imageForm(cat));
		const served = await bytesOf(answer);
		expect(answer.headers.get("content-type")).toBe("image/png");
		expect(decodeLabelPng(served)).toMatchObject({ width: 120, height: 80, count: 3 });
		const at = answer.headers.get("content-location");
		expect((await bytesOf(await service.fetch(`${at}/labels.png`))).equals(served)).toBe(true);
	});

	it("makes a segmentation that is known as soon as its file is given", async () => {
		for (let clusters = 2; clusters < 12; clusters++) {
			const answer = await service.fetch(`/v1/segment?clusters=${clusters}&median=0`, imageForm(cat));
			expect((await service.fetch(`${answer.headers.get("content-location")}`)).status).toBe(200);
			await answer.body?.cancel();
		}
	});

	it.each([
		["application/json", "application/json"],
		["text/html, application/geo+json;q=0.9, */*;q=0.1", "application/geo+json"],
		["image/*", "image/png"],
		["*/*", "image/png"],
		["image/svg+xml", "image/svg+xml"],
	])("answers Accept: %s with %s", async (accept, type) => {
		const answer = await service.fetch("/v1/segment?clusters=3", { ...imageForm(cat), headers: { accept } });
		expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
	});

	it("takes options as a field of the form, and the name of the file for exports", async () => {
		const form = imageForm(cat, { options: JSON.stringify({ clusters: 2, median: 0 }) }, "my cat.png");
		const answer = await service.fetch("/v1/segment?format=segments", form);
		const document = parseSegments((await bytesOf(answer)).toString());
		expect(document).toMatchObject({ options: { clusters: 2, median: 0 }, input: { path: null, sha256: catId } });
		const coco = await service.json("/v1/segment?format=coco&clusters=2", 200, imageForm(cat, {}, "my cat.png"));
		expect(coco).toMatchObject({ images: [{ file_name: "my cat.png" }] });
	});

	it.each([
		["format=exe", {}, 400, "REQUEST_INVALID"],
		["clusters=0", {}, 400, "OPTION_INVALID"],
		["format=labels&pick=1", {}, 400, "REQUEST_INVALID"],
		["", { options: "[]" }, 400, "REQUEST_INVALID"],
		["", { options: "{" }, 400, "REQUEST_INVALID"],
		["", { more: "x" }, 400, "REQUEST_INVALID"],
		["", { options: '{"clusters":"many"}' }, 400, "OPTION_INVALID"],
	])("tells what is wrong with ?%s %j", async (query, fields, status, code) => {
		expect(await service.json(`/v1/segment?${query}`, status, imageForm(cat, fields))).toMatchObject({ code });
	});

	it("answers nothing that the client does not accept", async () => {
		const problem = await service.json("/v1/segment", 406, { ...imageForm(cat), headers: { accept: "text/html" } });
		expect(problem).toMatchObject({ code: "NOT_ACCEPTABLE" });
	});
});

describe("addresses", () => {
	it("that do not exist, and methods that they do not have, are problems", async () => {
		const unknown = await service.fetch("/v2/images");
		expect([unknown.status, unknown.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
		const other = await service.fetch("/v1/images", { method: "PUT" });
		expect([other.status, other.headers.get("allow")]).toEqual([405, "POST"]);
		expect(await other.json()).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
	});

	it("list the models", async () => {
		const { models } = await service.json<{ models: object[] }>("/v1/models");
		expect(models[0]).toEqual({ name: "tiny", state: "bundled", licence: "apache-2.0", isDefault: true });
		const absent = { state: "absent", isDefault: false };
		expect(models).toContainEqual({ name: "dinov2-large", licence: "apache-2.0", ...absent });
		expect(models).toContainEqual({ name: "dinov3-large", licence: "dinov3-license", ...absent });
	});

	it("tell health and metrics", async () => {
		expect(await service.json("/healthz")).toMatchObject({ status: "ok" });
		expect(await service.json("/readyz")).toMatchObject({ status: "ok" });
		await service.fetch("/v1/segment?clusters=2&seed=7", imageForm(cat));
		await service.fetch("/v1/segment?clusters=3&seed=7", imageForm(cat));
		const metrics = await (await service.fetch("/metrics")).text();
		expect(metrics).toMatch(/^dinoseg_http_requests_total\{method="GET",route="\/healthz",status="200"\} \d+$/m);
		expect(metrics).toMatch(/^dinoseg_stage_seconds_count\{stage="kmeans"\} \d+$/m);
		expect(metrics).toMatch(/^dinoseg_token_grids_total\{source="kept"\} \d+$/m);
		expect(metrics).toMatch(/^process_resident_memory_bytes \d+$/m);
	});
});
