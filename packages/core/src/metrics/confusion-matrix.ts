import { checkLength, DinosegError } from "../errors/index.ts";

/** How often each class meets each cluster, over any number of pictures. */
export interface ConfusionMatrix {
	/** Shape (classes, clusters). */
	readonly counts: Float64Array;
	readonly classes: number;
	readonly clusters: number;
}

export interface ConfusionCounter {
	/**
	 * Count the pixels of one picture.
	 *
	 * @param truth class of each pixel, shape (N,). Those of the ignored class are left out.
	 * @param predicted cluster of each pixel, shape (N,).
	 * @throws DinosegError SHAPE_MISMATCH if the lengths differ; LABEL_OUT_OF_RANGE for a class or cluster beyond the limit.
	 */
	add(truth: ArrayLike<number>, predicted: ArrayLike<number>): void;
	/** What was counted so far. */
	matrix(): ConfusionMatrix;
}

/** Classes and clusters that a matrix can have: label maps have no more. */
const MOST_LABELS = 65536;

/** Cells up to which the matrix grows. */
const MOST_CELLS = 2 ** 26;

/**
 * Count classes and clusters over the pictures of a data set, one picture at a time. Memory does not grow with their
 * number.
 *
 * @param ignoreLabel a class that is left out. Default: none.
 */
export function createConfusionCounter(ignoreLabel?: number): ConfusionCounter {
	let classes = 0;
	let clusters = 0;
	let counts = new Float64Array(0);

	function grow(newClasses: number, newClusters: number): void {
		if (newClasses * newClusters > MOST_CELLS) {
			throw tooMany(`${newClasses} classes and ${newClusters} clusters, at most ${MOST_CELLS} pairs`);
		}
		const grown = new Float64Array(newClasses * newClusters);
		for (let row = 0; row < classes; row++) {
			grown.set(counts.subarray(row * clusters, (row + 1) * clusters), row * newClusters);
		}
		[counts, classes, clusters] = [grown, newClasses, newClusters];
	}

	return {
		add(truth, predicted) {
			checkLength("ConfusionCounter.add", "predicted (N)", predicted, truth.length);
			let highestClass = -1;
			let highestCluster = -1;
			for (let i = 0; i < truth.length; i++) {
				if (truth[i] !== ignoreLabel) {
					highestClass = Math.max(highestClass, label("class", truth[i]));
					highestCluster = Math.max(highestCluster, label("cluster", predicted[i]));
				}
			}
			if (highestClass >= classes || highestCluster >= clusters) {
				grow(Math.max(classes, highestClass + 1), Math.max(clusters, highestCluster + 1));
			}
			for (let i = 0; i < truth.length; i++) {
				if (truth[i] !== ignoreLabel) {
					counts[truth[i] * clusters + predicted[i]]++;
				}
			}
		},
		matrix: () => ({ counts: counts.slice(), classes, clusters }),
	};
}

function label(kind: string, value: number): number {
	if (!Number.isInteger(value) || value < 0 || value >= MOST_LABELS) {
		throw tooMany(`a ${kind} ${value}, an integer from 0 to ${MOST_LABELS - 1} is allowed`);
	}
	return value;
}

function tooMany(found: string): DinosegError {
	return new DinosegError("LABEL_OUT_OF_RANGE", `ConfusionCounter.add: the label maps have ${found}.`);
}
