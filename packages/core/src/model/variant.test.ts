import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { messageOf } from "../errors/index.ts";
import type { ModelConfig } from "./checkpoint.ts";
import { resolveVariant } from "./variant.ts";

const config = { layers: 12, patchSize: 14 } as ModelConfig;

describe("resolveVariant", () => {
	it("counts layers from either end and keeps their order", () => {
		const variant = resolveVariant(config, { facet: "key", layer: [-1, 0, -12, 11, 3], stride: "patch" });
		expect(variant).toEqual({ facet: "key", layers: [11, 0, 0, 11, 3], stride: 14 });
	});

	it("takes a stride from one pixel to one patch", () => {
		expect([1, 7, 14].map((stride) => resolveVariant(config, { facet: "token", layer: [-1], stride }).stride)).toEqual([
			1, 7, 14,
		]);
	});

	it.each([
		[
			{ layer: [3, 12] },
			"layer must be one of the model's 12 layers (0 to 11, or -12 to -1 counted from the end), got 12.",
		],
		[
			{ layer: [-13] },
			"layer must be one of the model's 12 layers (0 to 11, or -12 to -1 counted from the end), got -13.",
		],
		[{ layer: [0.5] }, "got 0.5."],
		[{ layer: [] }, "layer must name at least one of the model's 12 layers, got none."],
		[{ layer: [0], stride: 15 }, "stride must be an integer from 1 to the model's patch size, 14 pixels, got 15."],
		[{ layer: [0], stride: 0 }, "stride must be an integer from 1"],
		[{ layer: [0], stride: Number.NaN }, "got NaN."],
	])("rejects %j", (options, message) => {
		const resolve = () => resolveVariant(config, { facet: "token", stride: "patch", ...options });
		expect(resolve).toThrow(
			expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining(message) }),
		);
	});

	it("calls options as the caller does", () => {
		const error = errorOf(() => resolveVariant(config, { facet: "token", layer: [99], stride: 7 }));
		expect(messageOf(error, (key) => `--${key}`)).toMatch(/^--layer must/);
		expect(error.details).toEqual({ option: "layer", value: 99 });
	});
});
