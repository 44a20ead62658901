import { beforeAll, describe, expect, it } from "vitest";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { sendRaw } from "./support/raw-request.ts";
import { useService } from "./support/service.ts";

const service = useService();
let id: string;
beforeAll(async () => {
	const imageId = await service.send(await smallExample("cat.jpg"));
	id = await service.segment(imageId, { inputSize: 56, clusters: 2 });
});

const get = async (target: string, headers: Record<string, string> = {}) => {
	const { status, body } = await sendRaw(service.url, { method: "GET", target, headers });
	return { status, text: body.toString() };
};

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
