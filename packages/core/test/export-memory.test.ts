import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createCocoWriter, createCsvWriter, createLabelStudioWriter, type ExportPiece } from "@dinoseg/core/labels";
import { loadKernels } from "@dinoseg/kernels";
import { expect, it } from "vitest";
import { exportImageOf, makeLabelMap } from "../../../fixtures/label-maps.ts";

const IMAGES = 2000;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

function heapInUse(): number {
	collectGarbage();
	return process.memoryUsage().heapUsed;
}

it.each([
	["coco", createCocoWriter],
	["csv", createCsvWriter],
])("%s keeps nothing of the images", async (_, createWriter) => {
	const writer = createWriter({ kernels: await loadKernels(), splitRegions: true });
	// The kinds of maps take turns, so that their ids are all known after few images.
	const maps = Array.from({ length: 26 }, (_, index) => makeLabelMap(index));
	let characters = 0;
	const count = (pieces: Iterable<ExportPiece>) => {
		for (const { data } of pieces) {
			characters += data.length;
		}
	};
	const add = (index: number) => count(writer.add(exportImageOf(maps[index % maps.length], `${index}.jpg`)));
	for (let index = 0; index < IMAGES / 4; index++) {
		add(index);
	}
	const before = heapInUse();
	for (let index = IMAGES / 4; index < IMAGES; index++) {
		add(index);
	}
	const grown = heapInUse() - before;
	count(writer.end());
	expect(characters).toBeGreaterThan(10e6);
	expect(grown).toBeLessThan(1e6);
});

it("label-studio makes the masks of an image as they are taken", async () => {
	const side = 3000;
	const data = new Uint8Array(side * side);
	const dots = 3000;
	for (let dot = 0; dot < dots; dot++) {
		// Rows apart, so that each dot is a region of its own.
		data[2 * Math.floor(dot / 100) * side + 2 * (dot % 100)] = 1;
	}
	const image = exportImageOf({ data, width: side, height: side, count: 2 });
	const before = heapInUse();
	let grown = 0;
	let characters = 0;
	let taken = 0;
	for (const piece of createLabelStudioWriter({ kernels: await loadKernels(), splitRegions: true }).add(image)) {
		characters += piece.data.length;
		taken++;
		if (taken === dots) {
			grown = heapInUse() - before;
		}
	}
	expect(characters).toBeGreaterThan(20e6);
	expect(grown).toBeLessThan(5e6);
});
