import type { LabelMap } from "../../labels/label-map.ts";
import { type Palette, segmentColor } from "../../labels/palette.ts";
import { contingencyTable } from "../../metrics/contingency-table.ts";

/**
 * Palettes in which a segment keeps its colour from map to map: each takes that of the segment of the neighbouring map
 * that it has most pixels in common with, and what is left gets a free one.
 *
 * @param maps   of one size, side by side in the order of their numbers of segments.
 * @param anchor the map whose segments have the colours of their ids.
 */
export function sweepPalettes(maps: readonly LabelMap[], anchor: number, palette: Palette): Palette[] {
	const colors: number[][] = [];
	colors[anchor] = Array.from({ length: maps[anchor].count }, (_, id) => id);
	for (let index = anchor + 1; index < maps.length; index++) {
		colors[index] = inherit(maps[index - 1], colors[index - 1], maps[index]);
	}
	for (let index = anchor - 1; index >= 0; index--) {
		colors[index] = inherit(maps[index + 1], colors[index + 1], maps[index]);
	}
	return colors.map((ofMap) => ofMap.map((color) => segmentColor(color, palette)));
}

/** @returns place in the palette of each segment of `map`. */
function inherit(neighbour: LabelMap, colors: readonly number[], map: LabelMap): number[] {
	const { cells, truthLabels, predictedLabels } = contingencyTable(neighbour.data, map.data);
	const inherited: (number | undefined)[] = Array.from({ length: map.count }, () => undefined);
	const taken = new Set<number>();
	for (const { row, column } of cells.toSorted((a, b) => b.count - a.count)) {
		const color = colors[truthLabels[row]];
		const label = predictedLabels[column];
		if (inherited[label] === undefined && !taken.has(color)) {
			inherited[label] = color;
			taken.add(color);
		}
	}
	let free = 0;
	return inherited.map((color) => {
		if (color !== undefined) {
			return color;
		}
		while (taken.has(free)) {
			free++;
		}
		return free++;
	});
}
