import { checkInteger, DinosegError } from "../errors/index.ts";
import { compareEntries, SAMPLE_CAPACITY, type SampleEntries, type WeightedSample } from "./weighted-sample.ts";

/** Makes one sample of many, in memory for one. */
export interface SampleSum {
	/**
	 * @throws DinosegError SHAPE_MISMATCH for points of another dimension or a sample of another capacity.
	 */
	add(sample: WeightedSample): void;
	/** The sample of all points that were added. The order and the portions in which they came make no difference. */
	sample(): WeightedSample;
}

/**
 * A sum of samples that begins empty.
 *
 * Each point takes time logarithmic in the capacity: those that are kept lie in a heap with the first to go on top.
 *
 * @param dim      length of the points, 1 or more.
 * @param capacity of the samples.
 * @throws DinosegError OPTION_INVALID
 */
export function createSampleSum(dim: number, capacity: number): SampleSum {
	checkInteger("createSampleSum", "dim", dim, { min: 1, max: 2 ** 20 });
	checkInteger("createSampleSum", "capacity", capacity, SAMPLE_CAPACITY);
	const slots = growingSlots(dim, capacity);
	const heap = new Uint32Array(capacity);
	let length = 0;
	let threshold = 0;

	/** Whether the entry of heap place `a` goes before that of `b`. */
	const isWorse = (a: number, b: number) => compareEntries(slots.entries, heap[a], slots.entries, heap[b]) > 0;
	function exchange(a: number, b: number): void {
		[heap[a], heap[b]] = [heap[b], heap[a]];
	}
	function rise(place: number): void {
		for (let at = place; at > 0 && isWorse(at, (at - 1) >> 1); at = (at - 1) >> 1) {
			exchange(at, (at - 1) >> 1);
		}
	}
	function sink(): void {
		for (let at = 0; ; ) {
			let child = 2 * at + 1;
			if (child + 1 < length && isWorse(child + 1, child)) {
				child++;
			}
			if (child >= length || !isWorse(child, at)) {
				return;
			}
			exchange(child, at);
			at = child;
		}
	}
	function addEntry(from: SampleEntries, entry: number): void {
		if (from.priorities[entry] < threshold) {
			return;
		}
		if (length < capacity) {
			slots.set(length, from, entry);
			heap[length] = length;
			rise(length++);
			return;
		}
		const top = heap[0];
		if (compareEntries(from, entry, slots.entries, top) < 0) {
			threshold = Math.max(threshold, slots.entries.priorities[top]);
			slots.set(top, from, entry);
			sink();
		} else {
			threshold = Math.max(threshold, from.priorities[entry]);
		}
	}

	return {
		add(sample) {
			checkFits(sample, dim, capacity);
			const { points, weights, priorities } = sample;
			const from: SampleEntries = { dim, priorities, weights, points: points.data, start: (entry) => entry * dim };
			for (let entry = 0; entry < points.rows; entry++) {
				addEntry(from, entry);
			}
			threshold = Math.max(threshold, sample.threshold);
		},
		sample() {
			const order = Array.from(heap.subarray(0, length)).sort((a, b) =>
				compareEntries(slots.entries, a, slots.entries, b),
			);
			const { points, weights, priorities, start } = slots.entries;
			const data = new Float32Array(length * dim);
			for (const [to, slot] of order.entries()) {
				data.set(points.subarray(start(slot), start(slot) + dim), to * dim);
			}
			return {
				points: { data, rows: length, cols: dim },
				weights: Float64Array.from(order, (slot) => weights[slot]),
				priorities: Float64Array.from(order, (slot) => priorities[slot]),
				threshold,
				capacity,
			};
		},
	};
}

/** Places for entries; memory grows with the highest that was used. */
function growingSlots(dim: number, capacity: number) {
	const priorities = new Float64Array(capacity);
	const weights = new Float64Array(capacity);
	const start = (slot: number) => slot * dim;
	let entries: SampleEntries = { dim, priorities, weights, points: new Float32Array(0), start };
	return {
		get entries() {
			return entries;
		},
		set(slot: number, from: SampleEntries, entry: number): void {
			if (start(slot) === entries.points.length) {
				const points = new Float32Array(Math.min(capacity, Math.max(64, 2 * slot)) * dim);
				points.set(entries.points);
				entries = { ...entries, points };
			}
			priorities[slot] = from.priorities[entry];
			weights[slot] = from.weights[entry];
			const at = from.start(entry);
			entries.points.set(from.points.subarray(at, at + dim), start(slot));
		},
	};
}

function checkFits({ points, capacity }: WeightedSample, dim: number, expected: number): void {
	if (points.cols !== dim || capacity !== expected) {
		throw new DinosegError(
			"SHAPE_MISMATCH",
			`SampleSum.add: the sample must be of points of ${dim} values and keep ${expected} of them, got ${points.cols} ` +
				`values and ${capacity} points. Use tokens of the same network and facet.`,
			{ details: { expected: [dim, expected], actual: [points.cols, capacity] } },
		);
	}
}
