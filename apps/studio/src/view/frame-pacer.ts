/** How finely frames are drawn: coarsely on a slow machine while all changes all the time, and finely soon after. */
export interface FramePacer {
	/** Pixels of the screen that one of the next frame is wide. @param isWhole whether all of it has to be drawn. */
	next(isWhole: boolean): number;
	/** A frame has been drawn. */
	drawn(divisor: number): void;
	dispose(): void;
}

/** Milliseconds since the last frame within which another is a draft, if drawing is slow, and after which it is refined. */
const DRAFT_GAP = 250;
/** Pixels of the screen that one of a draft is wide. */
const DRAFT_DIVISOR = 2;

/**
 * Pace the frames of a view.
 *
 * @param isSlow drawing a whole frame takes longer than the time between two.
 * @param refine called when a draft is to be drawn anew.
 */
export function createFramePacer(isSlow: boolean, refine: () => void): FramePacer {
	let lastDrawn = Number.NEGATIVE_INFINITY;
	let isDraft = false;
	let refinement: ReturnType<typeof setTimeout> | undefined;
	return {
		next(isWhole) {
			// A part of a draft stays one: for another size all of it would have to be drawn.
			const mayBeDraft = isSlow && (isWhole || isDraft);
			return mayBeDraft && performance.now() - lastDrawn < DRAFT_GAP ? DRAFT_DIVISOR : 1;
		},
		drawn(divisor) {
			lastDrawn = performance.now();
			isDraft = divisor > 1;
			clearTimeout(refinement);
			if (divisor > 1) {
				refinement = setTimeout(refine, DRAFT_GAP);
			}
		},
		dispose: () => clearTimeout(refinement),
	};
}
