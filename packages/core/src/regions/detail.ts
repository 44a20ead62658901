import { DinosegError } from "../errors/index.ts";
import { DETAIL } from "../options/index.ts";
import type { RegionTree } from "./region-tree.ts";

/** Height of the detail in the middle. Measured: docs/adr/0019. */
const MIDDLE_HEIGHT = 0.35;
const MIDDLE = 50;
/** Twenty-five steps are a factor of ten: the 25th root of 10. */
const STEP = 1.0964781961431851;

/** The height of each whole detail, falling. */
const HEIGHTS = heightsOfDetails();

function heightsOfDetails(): Float64Array {
	const heights = new Float64Array(DETAIL.max + 1);
	heights[MIDDLE] = MIDDLE_HEIGHT;
	for (let detail = MIDDLE + 1; detail <= DETAIL.max; detail++) {
		heights[detail] = heights[detail - 1] / STEP;
	}
	for (let detail = MIDDLE - 1; detail >= DETAIL.min; detail--) {
		heights[detail] = heights[detail + 1] * STEP;
	}
	return heights;
}

/**
 * The height up to which a cut at a detail does the merges of a region tree.
 *
 * Convention: 25 steps of detail are a tenth of the height; between whole details the height is interpolated, so that every
 * JavaScript engine gives the same number.
 *
 * @param detail 0 (coarsest) to 100.
 * @throws DinosegError OPTION_INVALID
 */
export function heightOfDetail(detail: number): number {
	if (!(detail >= DETAIL.min && detail <= DETAIL.max)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`heightOfDetail: detail must be a number from ${DETAIL.min} to ${DETAIL.max}, got ${detail}.`,
			{ details: { option: "detail", value: detail } },
		);
	}
	const below = Math.min(Math.floor(detail), DETAIL.max - 1);
	return HEIGHTS[below] + (detail - below) * (HEIGHTS[below + 1] - HEIGHTS[below]);
}

/** The detail whose cuts merge up to a height: the inverse of `heightOfDetail`, within its bounds. */
export function detailOfHeight(height: number): number {
	if (!(height < HEIGHTS[DETAIL.min])) {
		return DETAIL.min;
	}
	const above = HEIGHTS.findIndex((reached) => reached <= height);
	return above === -1 ? DETAIL.max : above - (height - HEIGHTS[above]) / (HEIGHTS[above - 1] - HEIGHTS[above]);
}

/**
 * How much coarser a cut can become before something merged at a height disappears: 255 if it stays at every detail, 0 if
 * only the finest cut has it.
 */
export function strengthOfHeight(height: number): number {
	return Math.round(255 * (1 - detailOfHeight(height) / DETAIL.max));
}

/**
 * The detail above which a cut has so many regions; 0 for one, 100 where only a cut into a number has them.
 *
 * @param count 1 to `tree.leaves`.
 */
export function detailOfCount({ leaves, heights }: Pick<RegionTree, "leaves" | "heights">, count: number): number {
	return count === 1 ? DETAIL.min : detailOfHeight(heights[leaves - count]);
}
