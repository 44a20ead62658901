import { readFile } from "node:fs/promises";
import { decodeLabelPng } from "@dinoseg/core/labels";
import { createClient } from "@dinoseg/server/client";
import { describe, expect, it } from "vitest";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { clientTypes } from "../../../scripts/client-types.ts";
import { useService } from "./support/service.ts";

const TOKEN = "0123456789abcdef";
const service = useService({ token: TOKEN });
const cat = new Blob([new Uint8Array(await smallExample("cat.jpg"))]);

describe("the client", () => {
	it("has the types of what the service says of itself", async () => {
		const written = await readFile(new URL("../src/client/api.ts", import.meta.url), "utf8");
		expect(written === (await clientTypes()), "Run: npx tsx scripts/generate-client.ts").toBe(true);
	});

	it("sends an image, has it segmented, and gets its files", async () => {
		const client = createClient({ url: service.url, token: TOKEN });
		const { data: image } = await client.POST("/v1/images", { body: { image: cat } });
		expect(image).toMatchObject({ width: 120, height: 80, format: "png" });
		const { data: job } = await client.POST("/v1/segmentations", {
			body: { imageId: image?.id ?? "", options: { clusters: 3 } },
		});
		const params = { path: { id: job?.id ?? "" } };
		const { data: document } = await client.GET("/v1/segmentations/{id}", { params });
		expect(document?.segments).toHaveLength(3);
		const { data: labels } = await client.GET("/v1/segmentations/{id}/labels.png", { params, parseAs: "arrayBuffer" });
		expect(decodeLabelPng(new Uint8Array(labels as ArrayBuffer)).count).toBe(3);
		expect((await client.GET("/v1/jobs/{id}", { params })).data).toMatchObject({ status: "done" });
		expect(
			(await client.DELETE("/v1/images/{id}", { params: { path: { id: image?.id ?? "" } } })).response.status,
		).toBe(204);
	});

	it("sends an image and its options in one call", async () => {
		const client = createClient({ url: service.url, token: TOKEN });
		const { data } = await client.POST("/v1/segment", {
			params: { query: { format: "segments" } },
			body: { image: cat, options: { clusters: 2, smooth: "none" } },
			parseAs: "json",
		});
		expect(data).toMatchObject({ options: { clusters: 2, smooth: "none" } });
	});

	it("gives problems with their codes", async () => {
		const client = createClient({ url: service.url, token: TOKEN });
		const { error } = await client.POST("/v1/segmentations", {
			body: { imageId: "0".repeat(64), options: { clusters: 0 } },
		});
		expect(error).toMatchObject({ code: "OPTION_INVALID", status: 400 });
		const stranger = createClient({ url: service.url });
		expect((await stranger.GET("/v1/models")).error).toMatchObject({ code: "TOKEN_REQUIRED" });
	});

	it("can be given another way to send", async () => {
		const asked: string[] = [];
		const client = createClient({
			url: "http://service.example",
			fetch: async ({ url }) => {
				asked.push(url);
				return Response.json({ status: "ok", version: "1" });
			},
		});
		expect((await client.GET("/healthz")).data).toEqual({ status: "ok", version: "1" });
		expect(asked).toEqual(["http://service.example/healthz"]);
	});
});
