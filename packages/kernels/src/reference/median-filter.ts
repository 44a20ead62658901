import type { Check, Pixels } from "../kernels.ts";
import { copyPixels, emptyLike } from "../steps.ts";
import { constantTimeMedian } from "./constant-time-median.ts";
import { distinctValues } from "./rank-filters.ts";
import { slidingMedian } from "./sliding-median.ts";

/** Up to this side one histogram that slides is faster on photographs. Measured. */
const LARGEST_SLIDING_WINDOW = 15;
/** With fewer levels, as label maps have them, histograms of the columns are so short that they win always. */
const FEWEST_SLIDING_LEVELS = 64;

/**
 * Median over a `window` x `window` square, per channel, border replicated. Equal to `cv2.medianBlur`.
 *
 * Convention: (height, width, channels) row-major; `window` odd, 1..255; the median of an odd number of values is
 * one of them, so nothing is rounded. Time is linear in pixels, and independent of large windows.
 */
export function medianFilter<T extends Pixels>(
	check: Check,
	source: T,
	width: number,
	height: number,
	channels: number,
	window: number,
): T {
	const levels = distinctValues(check, source, source instanceof Uint8Array ? 256 : 65536);
	if (window === 1 || levels.count === 1) {
		return copyPixels(check, source);
	}
	const output = emptyLike(source);
	if (source instanceof Uint8Array && window <= LARGEST_SLIDING_WINDOW && levels.count > FEWEST_SLIDING_LEVELS) {
		slidingMedian(check, source, output as Uint8Array, width, height, channels, window);
	} else {
		constantTimeMedian(check, source, output, levels, width, height, channels, window);
	}
	return output;
}
