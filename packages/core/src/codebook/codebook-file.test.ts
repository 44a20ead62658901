import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { fuzzSafetensors } from "../../../../fixtures/fuzz.ts";
import { kernels } from "../../../../fixtures/kernels.ts";
import { MODEL, plantedPart } from "../../../../fixtures/planted-pictures.ts";
import { forEachSeed } from "../../../../fixtures/seeds.ts";
import { isDinosegError } from "../errors/index.ts";
import { createRandom } from "../rng.ts";
import type { Codebook, CodebookPart } from "./codebook.ts";
import { decodeCodebook, decodeCodebookPart } from "./decode-codebook.ts";
import { encodeCodebook, encodeCodebookPart } from "./encode-codebook.ts";
import { fitCodebook } from "./fit-codebook.ts";
import { mergeParts } from "./merge-parts.ts";

const part = plantedPart(4);
const options = { ...part.options, clusters: 3 };

function fitted(given: Partial<typeof options> = {}): Codebook {
	const { codebook } = fitCodebook(kernels, { ...part, options: { ...options, ...given } });
	return {
		...codebook,
		names: new Map([
			[2, { name: "Straße", color: [255, 0, 1] as const }],
			[0, { name: "sky" }],
		]),
	};
}

/** A file with its description changed. */
function describedBy(bytes: Uint8Array, change: (description: Record<string, unknown>) => unknown): Uint8Array {
	const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
	const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
	header.__metadata__.description = JSON.stringify(change(JSON.parse(header.__metadata__.description)));
	const json = new TextEncoder().encode(JSON.stringify(header));
	const changed = new Uint8Array(8 + json.length + bytes.length - 8 - length);
	new DataView(changed.buffer).setBigUint64(0, BigInt(json.length), true);
	changed.set(json, 8);
	changed.set(bytes.subarray(8 + length), 8 + json.length);
	return changed;
}

/** A codebook whose arrays are copies that may be changed. */
const changed = (change: (codebook: Codebook) => unknown): Uint8Array => {
	const codebook = structuredClone(fitted());
	change(codebook);
	return encodeCodebook(codebook);
};

describe("the file of a codebook", () => {
	it.each<Partial<typeof options>>([{}, { pca: "off" }, { whiten: 0 }])("holds all of it, with %o", (given) => {
		const codebook = fitted(given);
		const bytes = encodeCodebook(codebook);
		const decoded = decodeCodebook(bytes);
		expect({ ...decoded, names: [...decoded.names] }).toEqual({
			...codebook,
			names: [...codebook.names].sort(([a], [b]) => a - b),
		});
		expect(encodeCodebook(decoded)).toEqual(bytes);
	});

	it("holds a part", () => {
		expect(decodeCodebookPart(encodeCodebookPart(part))).toEqual(part);
		expect(encodeCodebookPart(decodeCodebookPart(encodeCodebookPart(part)))).toEqual(encodeCodebookPart(part));
	});

	it("tells a part from a codebook, and both from other files", () => {
		for (const work of [
			() => decodeCodebook(encodeCodebookPart(part), "a.part"),
			() => decodeCodebookPart(encodeCodebook(fitted()), "a.codebook"),
			() => decodeCodebook(new Uint8Array(3), "a.txt"),
		]) {
			const error = errorOf(work);
			expect(error.code).toBe("CODEBOOK_INVALID");
			expect(error.message).toMatch(/^a\.\w+: .+ copy it again, or make it anew\.$/);
		}
	});

	it.each<[string, Uint8Array]>([
		["centroids", changed(({ centroids }) => centroids.set([Number.NaN]))],
		["shares", changed(({ shares }) => shares.set([0]))],
		["divisors", changed(({ divisors }) => divisors.set([0]))],
		["pca.components", changed(({ pca }) => pca?.components.set([2]))],
		["pca.variance", changed(({ pca }) => pca?.explainedVariance.set([-1]))],
		["moments.sums.low", changed(({ summary }) => summary.moments.sums.low.set([0.5]))],
		["moments.products.high", changed(({ summary }) => summary.moments.products.high.set([2 ** 54]))],
		["sample.points", changed(({ summary }) => summary.sample.points.data.set([Number.POSITIVE_INFINITY]))],
		["sample.weights", changed(({ summary }) => summary.sample.weights.set([0]))],
		["sample", changed(({ summary }) => summary.sample.weights.set([1e9]))],
		["sample", changed(({ summary }) => summary.sample.priorities.reverse())],
		["images", describedBy(encodeCodebook(fitted()), (description) => ({ ...description, images: -1 }))],
		["clusters", describedBy(encodeCodebook(fitted()), (description) => ({ ...description, clusters: 2000 }))],
		["shares", describedBy(encodeCodebook(fitted()), (description) => ({ ...description, clusters: 2 }))],
		[
			"options.denoise",
			describedBy(encodeCodebook(fitted()), (d) => ({ ...d, options: { ...(d["options"] as object), denoise: 99 } })),
		],
		[
			"options",
			describedBy(encodeCodebook(fitted()), (d) => ({ ...d, options: { ...(d["options"] as object), other: 1 } })),
		],
		["names", describedBy(encodeCodebook(fitted()), (d) => ({ ...d, names: [{ id: 7, name: "far" }] }))],
		[
			"names",
			describedBy(encodeCodebook(fitted()), (d) => ({ ...d, names: [0, 1].map((id) => ({ id, name: "two" })) })),
		],
		["names.0.color", describedBy(encodeCodebook(fitted()), (d) => ({ ...d, names: [{ id: 0, color: "#000000" }] }))],
		["model.digest", describedBy(encodeCodebook(fitted()), (d) => ({ ...d, model: { ...MODEL, digest: "no" } }))],
		[
			"sample",
			describedBy(encodeCodebook(fitted()), (d) => ({ ...d, sample: { ...(d["sample"] as object), threshold: 9 } })),
		],
	])("is refused for what is wrong with %s", (field, bytes) => {
		const error = errorOf(() => decodeCodebook(bytes, "scene.codebook"));
		expect(error.code).toBe("CODEBOOK_INVALID");
		expect(error.message).toContain("scene.codebook: ");
		expect(error.details).toMatchObject({ file: "scene.codebook", field });
	});

	it("is refused where it has more clusters than points", () => {
		const { summary, ...rest } = fitted();
		const { points, weights, priorities } = summary.sample;
		const sample = {
			...summary.sample,
			points: { ...points, data: points.data.subarray(0, 2 * points.cols), rows: 2 },
			weights: weights.subarray(0, 2),
			priorities: priorities.subarray(0, 2),
		};
		const bytes = encodeCodebook({ ...rest, summary: { ...summary, sample } });
		expect(errorOf(() => decodeCodebook(bytes)).details).toMatchObject({ field: "clusters" });
	});

	it("is refused with its name, or read as one that could be written, whatever is damaged", () => {
		const files = [encodeCodebook(fitted()), encodeCodebookPart(part)];
		forEachSeed(400, (seed) => {
			const random = createRandom(seed);
			const bytes = fuzzSafetensors(files[seed % 2], random);
			try {
				const again =
					seed % 2 === 0
						? encodeCodebook(decodeCodebook(bytes, "x.codebook"))
						: encodeCodebookPart(decodeCodebookPart(bytes, "x.codebook"));
				expect(again.length).toBeGreaterThan(0);
			} catch (error) {
				expect(isDinosegError(error) && error.code, String(error)).toBe("CODEBOOK_INVALID");
				expect((error as Error).message).toContain("x.codebook");
				expect((error as Error).message.length).toBeLessThan(1000);
			}
		});
	});

	it("is refused where its data are damaged, or stays a codebook", () => {
		const bytes = encodeCodebook(fitted());
		fc.assert(
			fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
				const damaged = bytes.slice();
				damaged[at] ^= change;
				try {
					decodeCodebook(damaged);
				} catch (error) {
					expect(isDinosegError(error) && error.code).toBe("CODEBOOK_INVALID");
				}
			}),
		);
	});
});

describe("parts", () => {
	it("merge to what one run makes", async () => {
		const [a, b, both] = [plantedPart(2), plantedPart(2, 2), plantedPart(4)];
		const parts = [b, a].map((of, index) => ({ path: `${index}`, part: of }));
		expect(encodeCodebookPart(await mergeParts(parts))).toEqual(encodeCodebookPart(both));
	});

	it.each<[string, Partial<CodebookPart>]>([
		["the model", { model: { ...MODEL, digest: "1".repeat(64) } }],
		["dtype", { model: { ...MODEL, dtype: "int8" } }],
		["denoise", { options: { ...part.options, denoise: 0 } }],
		["whiten", { options: { ...part.options, whiten: 0 } }],
	])("are not merged where %s differs", async (what, other) => {
		const parts = [part, { ...part, ...other }].map((of, index) => ({ path: `part ${index}`, part: of }));
		await expect(mergeParts(parts)).rejects.toMatchObject({
			code: "CODEBOOK_INVALID",
			message: expect.stringMatching(new RegExp(`^part 0 and part 1: .*${what}`)),
		});
	});

	it("are at least one", async () => {
		await expect(mergeParts([])).rejects.toMatchObject({ code: "INPUT_EMPTY" });
	});
});
