import { beforeAll, describe, expect, it } from "vitest";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { sendRaw } from "./support/raw-request.ts";
import { imageForm, useService } from "./support/service.ts";

const service = useService();
let imageId: string;
let id: string;
beforeAll(async () => {
	imageId = await service.send(await smallExample("cat.jpg"));
	id = await service.segment(imageId, { inputSize: 56, clusters: 2 });
});

const get = async (target: string, headers: Record<string, string> = {}) => {
	const { status, body } = await sendRaw(service.url, { method: "GET", target, headers });
	return { status, text: body.toString() };
};

/** The problem that an answer is. */
async function problem(target: string, headers?: Record<string, string>): Promise<Record<string, unknown>> {
	return JSON.parse((await get(target, headers)).text);
}

describe("an address", () => {
	it.each(["clusters=%FF", "clusters=%ED%A0%80", "clusters=%", "%zz=1"])("must be UTF-8: ?%s", async (query) => {
		expect(await problem(`/v1/images/${imageId}/tree?${query}`)).toMatchObject({
			code: "REQUEST_INVALID",
			detail: `The address must be UTF-8 in percent-encoding, got "/v1/images/${imageId}/tree?${query}". Write a percent sign as %25.`,
		});
	});

	it.each([`/v1/segmentations/ID/cutout.png?pick=0&pick=1`, `/v1/images/IMAGE/tree?inputSize=56&inputSize=112`])(
		"says each thing once: %s",
		async (path) => {
			expect(await problem(path.replace("ID", id).replace("IMAGE", imageId))).toMatchObject({
				code: "REQUEST_INVALID",
				detail: expect.stringMatching(/^The parameter "(pick|inputSize)" is there twice\. Send it once\.$/),
			});
		},
	);

	it.each(["", "/labels.png", "/cutout.png", "/export/coco"])("of a file has no other parameters: %s", async (file) => {
		expect(await problem(`/v1/segmentations/${id}${file}?simplfy=2`)).toMatchObject({
			code: "REQUEST_INVALID",
			detail: expect.stringMatching(/^unknown parameter "simplfy"\. Known are pick, /),
		});
	});

	it.each([
		["/v1/images/12", /^param\.id: must be 64 hexadecimal digits, .*, got "12"\.$/],
		["/v1/images/12/tree", /^param\.id: must be 64 hexadecimal digits, .*, got "12"\.$/],
		["/v1/segmentations/12", /^param\.id: must be 32 hexadecimal digits, .*, got "12"\.$/],
		["/v1/jobs/12", /^param\.id: must be 32 hexadecimal digits, or pull- .*, got "12"\.$/],
		[`/v1/segmentations/${"0".repeat(32)}/export/exe`, /^param\.format: must be one of masks, .*, got "exe"\.$/],
	])("with a wrong part is told what is allowed: %s", async (path, detail) => {
		expect(await problem(path)).toMatchObject({ status: 400, detail: expect.stringMatching(detail) });
	});
});

describe("options of a request", () => {
	const OWN_KEY = '{"__proto__":{"clusters":3}}';
	const expected = { code: "OPTION_INVALID", detail: expect.stringMatching(/^unknown option "__proto__"\. Known are/) };

	it("are not those that every object has", async () => {
		const body = `{"imageId":"${imageId}","options":${OWN_KEY}}`;
		const headers = { "content-type": "application/json" };
		expect(await service.json("/v1/segmentations", 400, { method: "POST", headers, body })).toMatchObject(expected);
		const form = imageForm(await smallExample("cat.jpg"), { options: OWN_KEY });
		expect(await service.json("/v1/segment", 400, form)).toMatchObject(expected);
	});

	it("have few levels", async () => {
		const options = `{"clusters":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
		const headers = { "content-type": "application/json" };
		const body = `{"imageId":"${imageId}","options":${options}}`;
		expect(await service.json("/v1/segmentations", 400, { method: "POST", headers, body })).toMatchObject({
			code: "REQUEST_INVALID",
			detail: "The body must have at most 8 levels of lists and objects.",
		});
		const form = imageForm(await smallExample("cat.jpg"), { options });
		expect(await service.json("/v1/segment", 400, form)).toMatchObject({
			code: "REQUEST_INVALID",
			detail: 'The field "options" must have at most 8 levels of lists and objects.',
		});
	});

	it.each(["null", "[]", "3", '"clusters"'])("are an object: %s", async (options) => {
		const body = `{"imageId":"${imageId}","options":${options}}`;
		const headers = { "content-type": "application/json" };
		const problems = [
			await service.json("/v1/segmentations", 400, { method: "POST", headers, body }),
			await service.json("/v1/segment", 400, imageForm(await smallExample("cat.jpg"), { options })),
		];
		for (const each of problems) {
			expect(each).toMatchObject({
				code: "REQUEST_INVALID",
				detail: `options must be a JSON object, such as {"clusters": 5}, got ${options}.`,
			});
		}
	});
});

describe("headers of a request", () => {
	it.each(["-5", "-2", "", "1e0", "0x2", "2.5", "x"])(
		"tell events from the first on: Last-Event-ID %j",
		async (last) => {
			const all = await get(`/v1/jobs/${id}/events`);
			expect(all.text).toMatch(/^event: status\n.*\nid: 0\n\n/);
			expect(await get(`/v1/jobs/${id}/events`, { "last-event-id": last })).toEqual(all);
		},
	);

	it("stand for anything that there is: If-None-Match *", async () => {
		const any = { "if-none-match": "*" };
		expect((await get(`/v1/segmentations/${id}/labels.png`, any)).status).toBe(304);
		expect((await get(`/v1/segmentations/${"0".repeat(32)}/labels.png`, any)).status).toBe(404);
	});
});
