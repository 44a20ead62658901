import { describe, expect, it } from "vitest";
import { exportImageOf, makeLabelMap } from "../../../../../fixtures/label-maps.ts";
import type { Georeference } from "../georeference.ts";
import { createReferenceNotes } from "./reference-notes.ts";

const on = (crs: string | null): Georeference => ({ transform: [1, 0, 0, 0, -1, 0], crs });

function warningsOf(...places: readonly (Georeference | undefined)[]) {
	const notes = createReferenceNotes();
	for (const georeference of places) {
		notes.see({ ...exportImageOf(makeLabelMap(0)), georeference });
	}
	return notes.warnings();
}

describe("createReferenceNotes", () => {
	it("is silent where every image has a reference system with a code", () => {
		expect(warningsOf()).toEqual([]);
		expect(warningsOf(on("EPSG:32633"), on("EPSG:4326"))).toEqual([]);
	});

	it("counts images that lie on no map, and maps without a code, and says what to do", () => {
		const warnings = warningsOf(undefined, on(null), undefined, on("EPSG:3857"));
		expect(warnings.map(({ code }) => code)).toEqual(["REFERENCE_SYSTEM_MISSING", "REFERENCE_SYSTEM_MISSING"]);
		expect(warnings[0].message).toMatch(/coordinates of 2 image\(s\) are pixels.*degrees.*ogr2ogr -a_srs/);
		expect(warnings[1].message).toMatch(/maps of 1 image\(s\).*without a code.*give the layer/);
	});
});
