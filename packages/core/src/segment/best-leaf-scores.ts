/**
 * The score of a segment at a token is that of its best leaf, so that maps of two cuts are nested.
 *
 * @param scores   shape (N, leaves).
 * @param ofLeaves segment of each leaf.
 * @returns shape (N, segments).
 */
export function bestLeafScores(scores: Float32Array, ofLeaves: ArrayLike<number>, segments: number): Float32Array {
	const leaves = ofLeaves.length;
	const best = new Float32Array((scores.length / leaves) * segments).fill(Number.NEGATIVE_INFINITY);
	for (let from = 0, to = 0; from < scores.length; from += leaves, to += segments) {
		for (let leaf = 0; leaf < leaves; leaf++) {
			const at = to + ofLeaves[leaf];
			best[at] = Math.max(best[at], scores[from + leaf]);
		}
	}
	return best;
}
