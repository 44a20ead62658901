import { DEFAULT_OPTIONS, type PartialOptions, resolveOptions } from "@dinoseg/core/options";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { settingsOf } from "../../../../../fixtures/analysed-pictures.ts";
import { settingsFromLink, settingsToLink } from "./settings-link.ts";

const options: fc.Arbitrary<PartialOptions> = fc.oneof(
	fc.record(
		{
			clusters: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant({ min: 2, max: 9 })),
			median: fc.constantFrom(0, 3, 9),
			pca: fc.constantFrom<(number | "off")[]>("off", 0.5, 12),
			minArea: fc.constantFrom({ pixels: 0 }, { share: 0.02 }),
			layer: fc.constantFrom([-4, -1], [0]),
			smooth: fc.constantFrom({ method: "none" as const }, { method: "median" as const, window: 15 }),
			repair: fc.boolean(),
			seed: fc.nat(),
		},
		{ requiredKeys: [] },
	),
	fc.record({ segments: fc.constant("regions" as const), detail: fc.double({ min: 0, max: 100, noNaN: true }) }),
);

describe("a link", () => {
	it("keeps all settings", () => {
		fc.assert(
			fc.property(options, fc.constantFrom("tiny", "dinov2-small", "owner/näme &=#"), (given, model) => {
				const settings = { model, dtype: "int8" as const, options: resolveOptions(given) };
				expect(settingsFromLink(settingsToLink(settings))).toEqual({ settings, ignored: [] });
				expect(settingsFromLink(`#${settingsToLink(settings)}`).settings).toEqual(settings);
			}),
		);
	});

	it("has the kind of segments and what is no default, as flags write it", () => {
		expect(settingsToLink(settingsOf())).toBe("segments=clusters");
		expect(settingsToLink(settingsOf({ segments: "regions", detail: 60 }))).toBe("segments=regions&detail=60");
		const settings = { ...settingsOf({ clusters: { min: 3, max: 8 } }), model: "dinov2-small" };
		expect(settingsToLink(settings)).toBe("segments=clusters&model=dinov2-small&clusters=3..8");
	});

	it("never throws, whatever it is, and gives settings that hold", () => {
		const key = fc.oneof(fc.constantFrom(...Object.keys(DEFAULT_OPTIONS), "model", "device", "__proto__"), fc.string());
		const value = fc.oneof(fc.constantFrom("regions", "5", "off", "-1", "NaN", "true"), fc.string());
		fc.assert(
			fc.property(fc.array(fc.tuple(key, value)), fc.string(), (pairs, noise) => {
				for (const link of [noise, pairs.map(([name, text]) => `${name}=${text}`).join("&")]) {
					const { settings, ignored } = settingsFromLink(link);
					expect(resolveOptions(settings.options)).toEqual(settings.options);
					expect(ignored.length).toBeLessThanOrEqual(20);
				}
			}),
		);
	});

	it("says what it ignores, and takes the rest", () => {
		const { settings, ignored } = settingsFromLink(
			"detail=70&colour=red&clusters=0&segments=regions&median=4&segments=clusters&smooth=none&device=cuda",
		);
		expect(settings).toEqual(settingsOf({ segments: "regions", detail: 70 }));
		expect(ignored.map(({ key, value }) => `${key}=${value}`).sort()).toEqual([
			"clusters=0",
			"colour=red",
			"device=cuda",
			"median=4",
			"segments=clusters",
			"smooth=none",
		]);
		expect(ignored.find(({ key }) => key === "median")?.reason).toMatch(/^median must be 0 \(off\) or an odd integer/);
		const long = settingsFromLink(`model=${"x".repeat(1000)}`);
		expect(long).toMatchObject({ settings: settingsOf(), ignored: [{ key: "model", value: "x".repeat(200) }] });
	});

	it("drops a detail beside a number of regions, in whatever order", () => {
		for (const link of ["segments=regions&clusters=4&detail=60", "detail=60&clusters=4&segments=regions"]) {
			const { settings, ignored } = settingsFromLink(link);
			expect(settings).toEqual(settingsOf({ segments: "regions", clusters: 4 }));
			expect(ignored).toMatchObject([{ key: "detail", value: "60" }]);
		}
	});
});
