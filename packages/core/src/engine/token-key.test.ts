import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type PartialOptions, resolveOptions } from "../options/index.ts";
import {
	type PositionBiasKeyParts,
	positionBiasKey,
	reductionKey,
	type TokenKeyParts,
	tokenKey,
	walkKey,
} from "./token-key.ts";

const digest = async (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const keyOf = (parts: TokenKeyParts) => tokenKey(digest, parts);

/** How a network sees pictures. */
const SEEN_BY = {
	model: "b".repeat(64),
	inputWidth: 518,
	inputHeight: 350,
	preprocessor: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25], rescaleFactor: 1 / 255 },
	facet: "token",
	layers: [7],
	stride: 14,
	positionRule: "official",
	dtype: "fp32",
	executionProvider: "cpu",
} as const;

describe("tokenKey", () => {
	const parts: TokenKeyParts = {
		image: "a".repeat(64),
		...SEEN_BY,
		bands: "auto",
		nodata: "auto",
		page: 1,
		stretch: "none",
		median: 5,
	};

	it("is a sha256 that never changes by itself", async () => {
		expect(await keyOf(parts)).toMatch(/^[0-9a-f]{64}$/);
		expect(await keyOf(parts)).toBe("687e0601966b45efe3cb7c697f49e248e12fb45cc2f63ec20b683cf3e3bd4d99");
	});

	it("does not depend on the order of fields", async () => {
		const reversed = Object.fromEntries(Object.entries(parts).reverse()) as unknown as TokenKeyParts;
		const { mean, std, rescaleFactor } = parts.preprocessor;
		expect(await keyOf({ ...reversed, preprocessor: { rescaleFactor, std, mean } })).toBe(await keyOf(parts));
	});

	it("changes with every part", async () => {
		const { preprocessor } = parts;
		const others: TokenKeyParts[] = [
			{ ...parts, image: "c".repeat(64) },
			{ ...parts, model: "c".repeat(64) },
			{ ...parts, page: 2 },
			{ ...parts, median: 0 },
			{ ...parts, inputWidth: 350, inputHeight: 518 },
			{ ...parts, bands: [4, 3, 2] },
			{ ...parts, bands: [4] },
			{ ...parts, nodata: "none" },
			{ ...parts, nodata: 0 },
			{ ...parts, stretch: { low: 1, high: 99 } },
			{ ...parts, stretch: { low: 1, high: 98 } },
			{ ...parts, preprocessor: { ...preprocessor, mean: [0.4, 0.5, 0.5] } },
			{ ...parts, preprocessor: { ...preprocessor, std: [0.25, 0.25, 0.2] } },
			{ ...parts, preprocessor: { ...preprocessor, rescaleFactor: 1 } },
			{ ...parts, layers: [6, 7] },
			{ ...parts, layers: [7, 6] },
			{ ...parts, stride: 7 },
			{ ...parts, positionRule: "hf" },
			{ ...parts, dtype: "int8" },
			{ ...parts, executionProvider: "webgpu" },
		];
		expect(new Set(await Promise.all([parts, ...others].map(keyOf))).size).toBe(others.length + 1);
	});
});

describe("positionBiasKey", () => {
	const parts: PositionBiasKeyParts = {
		...SEEN_BY,
		greys: [32, 96],
	};

	it("changes with every part, and is no key of a picture", async () => {
		const others: PositionBiasKeyParts[] = [
			{ ...parts, model: "c".repeat(64) },
			{ ...parts, greys: [32] },
			{ ...parts, inputWidth: 350, inputHeight: 518 },
			{ ...parts, preprocessor: { ...parts.preprocessor, rescaleFactor: 1 } },
			{ ...parts, facet: "key" },
			{ ...parts, layers: [6] },
			{ ...parts, stride: 7 },
			{ ...parts, positionRule: "hf" },
			{ ...parts, dtype: "int8" },
			{ ...parts, executionProvider: "webgpu" },
		];
		const keys = await Promise.all([parts, ...others].map((some) => positionBiasKey(digest, some)));
		const { greys: _, ...seenBy } = parts;
		for (const image of ["a".repeat(64), ""]) {
			keys.push(await keyOf({ ...seenBy, image, page: 1, bands: "auto", nodata: "auto", stretch: "none", median: 0 }));
		}
		expect(new Set(keys).size).toBe(keys.length);
		for (const found of keys) {
			expect(found).toMatch(/^[0-9a-f]{64}$/);
		}
	});
});

describe("the keys of what is made of tokens", () => {
	it("change with what decides it, and with nothing else", () => {
		const keysOf = (given: PartialOptions) => {
			const options = resolveOptions(given);
			const key = reductionKey("tokens", options);
			return [key, walkKey(key, options)];
		};
		const [key, walk] = keysOf({});
		expect(keysOf({ clusters: 3, init: "k-means++", smooth: { method: "none" } })).toEqual([key, walk]);
		for (const other of [{ seed: 5 }, { restarts: 5 }]) {
			const [sameKey, otherWalk] = keysOf(other);
			expect(sameKey).toBe(key);
			expect(otherWalk).not.toBe(walk);
		}
		const others = [{}, { repair: true }, { debias: true }, { pca: 5 }, { metric: "cosine" }, { denoise: 0 }] as const;
		const more = [{ whiten: 0.25 }, { position: 0 }];
		const found = [...others, ...more].flatMap(keysOf);
		expect(new Set(found).size).toBe(found.length);
		const regions = resolveOptions({ segments: "regions" });
		expect(reductionKey("tokens", regions)).toBe(reductionKey("tokens", { ...resolveOptions({}), position: 0 }));
	});
});
