import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fixturePath } from "../../../../fixtures/load.ts";
import { DEFAULT_PREPROCESSOR, parsePreprocessorConfig, preprocessorOfConfig } from "./preprocessor.ts";

const FILE = "preprocessor_config.json";
const STATISTICS = { image_mean: [0.1, 0.2, 0.3], image_std: [0.4, 0.5, 0.6] };

function parse(fields: Record<string, unknown>) {
	return parsePreprocessorConfig(JSON.stringify(fields), FILE);
}

describe("parsePreprocessorConfig", () => {
	it("finds ImageNet's statistics in a file of the facebook/dinov2 kind", () => {
		const text = readFileSync(fixturePath("reference/backbone/mlp/preprocessor_config.json"), "utf8");
		expect(parsePreprocessorConfig(text, FILE)).toEqual(DEFAULT_PREPROCESSOR);
	});

	it("honours mean, deviation and rescale factor", () => {
		expect(parse({ ...STATISTICS, rescale_factor: 0.5 })).toEqual({
			mean: STATISTICS.image_mean,
			std: STATISTICS.image_std,
			rescaleFactor: 0.5,
		});
	});

	it("leaves out what the file switches off", () => {
		expect(parse({ ...STATISTICS, do_normalize: false, do_rescale: false, rescale_factor: 0.5 })).toEqual({
			mean: [0, 0, 0],
			std: [1, 1, 1],
			rescaleFactor: 1,
		});
	});

	it.each([
		["image_mean", undefined],
		["image_std", undefined],
		["image_mean", [0.5]],
		["image_mean", 0.5],
		["image_std", [1, 0, 1]],
		["rescale_factor", 0],
		["do_normalize", "false"],
		["do_rescale", null],
	])("rejects %s = %j", (field, value) => {
		expect(() => parse({ ...STATISTICS, [field]: value })).toThrow(
			expect.objectContaining({
				code: "MODEL_CONFIG_INVALID",
				message: expect.stringMatching(`^${FILE}: ${field} must be .*(got|missing)`),
			}),
		);
	});
});

describe("preprocessorOfConfig", () => {
	const of = (fields: object) => preprocessorOfConfig(JSON.stringify(fields), "config.json");

	it("takes timm's mean and deviation, and ImageNet's where there are none", () => {
		const { mean, std } = { mean: [0.43, 0.411, 0.296], std: [0.213, 0.156, 0.143] };
		expect(of({ pretrained_cfg: { tag: "sat493m", mean, std } })).toEqual({ mean, std, rescaleFactor: 1 / 255 });
		expect(of({ pretrained_cfg: {} })).toEqual(DEFAULT_PREPROCESSOR);
		expect(of({ model_type: "dinov2" })).toEqual(DEFAULT_PREPROCESSOR);
	});

	it.each([
		[[], "pretrained_cfg must be an object, got []"],
		[{ std: [0, 1, 1] }, "std must be three numbers from 0.000001 to 1000000, got [0,1,1]"],
		[{ mean: [0.5] }, "mean must be three numbers"],
	])("rejects pretrained_cfg = %j", (given, message) => {
		expect(() => of({ pretrained_cfg: given })).toThrow(
			expect.objectContaining({
				code: "MODEL_CONFIG_INVALID",
				message: expect.stringContaining(`config.json: ${message}`),
			}),
		);
	});
});
