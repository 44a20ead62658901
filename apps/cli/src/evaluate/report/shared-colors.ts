import { type Color, type LabelMap, type Palette, segmentColor } from "@dinoseg/core/labels";
import { type ContingencyTable, contingencyTable, matchOneToOne } from "@dinoseg/core/metrics";

/** Palettes by label for a truth and a segmentation of it. */
export interface SharedColors {
	readonly truth: Palette;
	readonly predicted: Palette;
}

/** The colour of pixels that do not count: no segment is black. */
const IGNORED: Color = [0, 0, 0];

/** Pairs of region and segment up to which colours are matched. */
const MOST_PAIRS = 2 ** 16;

/**
 * Colours in which what belongs together looks the same: regions of the truth by falling area, and each segment in the
 * colour of the region that it is matched to one-to-one. Segments without a region get colours of their own.
 */
export function sharedColors(truth: LabelMap, predicted: LabelMap, ignoreLabel: number | undefined): SharedColors {
	const options = ignoreLabel === undefined ? {} : { ignoreLabel };
	const table = contingencyTable(truth.data, predicted.data, options);
	const { truthLabels, truthSizes, predictedLabels } = table;
	const byArea = truthLabels.map((_, row) => row).sort((a, b) => truthSizes[b] - truthSizes[a]);
	const colorOfRow = new Map(byArea.map((row, place) => [row, segmentColor(place)]));
	const colorOfTruth = new Map(truthLabels.map((label, row) => [label, colorOfRow.get(row) as Color]));
	const regionOf = matchedRegions(table);
	const colorOfPredicted = new Map<number, Color>();
	let free = truthLabels.length;
	for (const [column, label] of predictedLabels.entries()) {
		const row = regionOf.get(column);
		const color = row === undefined ? undefined : colorOfRow.get(row);
		colorOfPredicted.set(label, color ?? segmentColor(free++));
	}
	const paletteOf = ({ count }: LabelMap, colors: ReadonlyMap<number, Color>): Palette =>
		Array.from({ length: count }, (_, label) => colors.get(label) ?? IGNORED);
	return { truth: paletteOf(truth, colorOfTruth), predicted: paletteOf(predicted, colorOfPredicted) };
}

/** From the column of a segment to the row of its region; only pairs that have a pixel in common. */
function matchedRegions({ cells, truthLabels, predictedLabels }: ContingencyTable): ReadonlyMap<number, number> {
	const classes = truthLabels.length;
	const clusters = predictedLabels.length;
	if (classes * clusters > MOST_PAIRS) {
		return new Map();
	}
	const counts = new Float64Array(classes * clusters);
	for (const { row, column, count } of cells) {
		counts[row * clusters + column] = count;
	}
	const matching = matchOneToOne({ counts, classes, clusters });
	return new Map([...matching].filter(([column, row]) => counts[row * clusters + column] > 0));
}
