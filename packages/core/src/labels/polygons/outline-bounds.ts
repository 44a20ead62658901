/** The sides of a box around outlines. */
export interface OutlineBounds {
	readonly left: number;
	readonly top: number;
	readonly right: number;
	readonly bottom: number;
}

/**
 * The smallest box around outlines.
 *
 * @param outlines x and y in turns, any unit. Not modified.
 * @returns infinite sides, the left one beyond the right one, if there is no corner.
 */
export function outlineBounds(outlines: readonly (readonly number[])[]): OutlineBounds {
	let left = Number.POSITIVE_INFINITY;
	let top = Number.POSITIVE_INFINITY;
	let right = Number.NEGATIVE_INFINITY;
	let bottom = Number.NEGATIVE_INFINITY;
	for (const outline of outlines) {
		for (let index = 0; index < outline.length; index += 2) {
			left = Math.min(left, outline[index]);
			right = Math.max(right, outline[index]);
			top = Math.min(top, outline[index + 1]);
			bottom = Math.max(bottom, outline[index + 1]);
		}
	}
	return { left, top, right, bottom };
}
