import type { Warning } from "../../events.ts";
import type { ExportImage } from "./export-image.ts";

/** Looks at the images of a run in a format with a file for each, and tells at its end what people should know of them. */
export interface ExportNotes {
	/** Called for each image that was written. */
	see(image: ExportImage): void;
	/** None if there is nothing to know. Called once, last. */
	warnings(): readonly Warning[];
}

/** Counts the images whose GeoJSON names no reference system: programs of GIS take its coordinates for degrees. */
export function createReferenceNotes(): ExportNotes {
	let unplaced = 0;
	let unnamed = 0;
	return {
		see({ georeference }) {
			if (georeference === undefined) {
				unplaced++;
			} else if (georeference.crs === null) {
				unnamed++;
			}
		},
		warnings() {
			const told: string[] = [];
			if (unplaced > 0) {
				told.push(
					`the coordinates of ${unplaced} image(s) are pixels, y down, since these lie on no map. GDAL and QGIS take them for degrees: ` +
						`set the layer to no reference system in QGIS, or run ogr2ogr -a_srs 'LOCAL_CS["pixels",UNIT["pixel",1]]' segments.gpkg segments.geojson.`,
				);
			}
			if (unnamed > 0) {
				told.push(
					`the maps of ${unnamed} image(s) have a reference system without a code, which GeoJSON cannot name. GDAL and QGIS take their coordinates for degrees: ` +
						"give the layer the reference system of the photograph there, which the format tiff keeps.",
				);
			}
			return told.map((text) => ({ code: "REFERENCE_SYSTEM_MISSING", message: `GeoJSON: ${text}` }));
		},
	};
}
