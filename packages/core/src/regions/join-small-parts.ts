import { checkedParts, checkedRows, findRoot, type Kernels, type Regions } from "@dinoseg/kernels";
import type { LabImage } from "../image/index.ts";

const CHANNELS = 3;

/**
 * Join connected parts of a picture until none is smaller than asked for: each small one with a part that it touches,
 * with one of less than the usual size if there is one, and of these with that of the nearest mean colour.
 *
 * Convention: small parts in the order of their first pixels, each once a round, until a round joins nothing; of
 * neighbours as near, the one found first.
 *
 * @returns number of each part after that, in raster order of the first pixels, and how many there are.
 */
export function joinSmallParts(
	{ check }: Pick<Kernels, "check">,
	parts: Regions,
	image: LabImage,
	sizes: { readonly smallest: number; readonly usual: number },
): { readonly numbers: Uint16Array; readonly count: number } {
	const groups = new Groups(check, parts, image);
	const neighbours = findNeighbours(check, parts, image);
	for (let isDone = false; !isDone; ) {
		isDone = true;
		for (const { from, to } of checkedParts(check, parts.count)) {
			for (let part = from; part < to; part++) {
				const own = groups.root(part);
				if (groups.sizes[own] < sizes.smallest) {
					const other = groups.nearest(own, neighbours.of(part), sizes.usual);
					if (other !== undefined) {
						groups.join(own, other);
						isDone = false;
					}
				}
			}
		}
	}
	return groups.number();
}

/** Parts that were joined, named by the first of them. */
class Groups {
	/** Pixels. Right for roots. */
	readonly sizes: Float64Array;
	readonly #sums: Float64Array;
	readonly #parents: Uint32Array;

	constructor(check: Kernels["check"], { data, count }: Regions, { channels }: LabImage) {
		this.sizes = new Float64Array(count);
		this.#sums = new Float64Array(CHANNELS * count);
		this.#parents = Uint32Array.from({ length: count }, (_, part) => part);
		for (const { from, to } of checkedParts(check, data.length)) {
			for (let pixel = from; pixel < to; pixel++) {
				const part = data[pixel];
				this.sizes[part]++;
				for (let channel = 0; channel < CHANNELS; channel++) {
					this.#sums[CHANNELS * part + channel] += channels[channel][pixel];
				}
			}
		}
	}

	root(part: number): number {
		return findRoot(this.#parents, part);
	}

	/** The root that a group is to join; none where all around is of the same group. */
	nearest(own: number, around: Uint32Array, usual: number): number | undefined {
		let best: number | undefined;
		let least = Number.POSITIVE_INFINITY;
		let isBestSmall = false;
		for (const part of around) {
			const other = this.root(part);
			if (other === own) {
				continue;
			}
			const isSmall = this.sizes[other] < usual;
			const distance = this.#distance(own, other);
			if ((isSmall && !isBestSmall) || (isSmall === isBestSmall && distance < least)) {
				best = other;
				least = distance;
				isBestSmall = isSmall;
			}
		}
		return best;
	}

	join(a: number, b: number): void {
		const [first, second] = a < b ? [a, b] : [b, a];
		this.#parents[second] = first;
		this.sizes[first] += this.sizes[second];
		for (let channel = 0; channel < CHANNELS; channel++) {
			this.#sums[CHANNELS * first + channel] += this.#sums[CHANNELS * second + channel];
		}
	}

	number(): { readonly numbers: Uint16Array; readonly count: number } {
		const numbers = new Uint16Array(this.#parents.length);
		let count = 0;
		for (let part = 0; part < numbers.length; part++) {
			const root = this.root(part);
			numbers[part] = root === part ? count++ : numbers[root];
		}
		return { numbers, count };
	}

	#distance(a: number, b: number): number {
		let distance = 0;
		for (let channel = 0; channel < CHANNELS; channel++) {
			const difference =
				this.#sums[CHANNELS * a + channel] / this.sizes[a] - this.#sums[CHANNELS * b + channel] / this.sizes[b];
			distance += difference * difference;
		}
		return distance;
	}
}

/** The parts on the other side of each part's border, once for each pixel edge. */
function findNeighbours(check: Kernels["check"], { data, count }: Regions, { width, height }: LabImage) {
	const starts = new Uint32Array(count + 1);
	eachBorder(check, data, width, height, (a, b) => {
		starts[a + 1]++;
		starts[b + 1]++;
	});
	for (let part = 0; part < count; part++) {
		starts[part + 1] += starts[part];
	}
	const ends = starts.slice(0, count);
	const others = new Uint32Array(starts[count]);
	eachBorder(check, data, width, height, (a, b) => {
		others[ends[a]++] = b;
		others[ends[b]++] = a;
	});
	return { of: (part: number) => others.subarray(starts[part], starts[part + 1]) };
}

function eachBorder(
	check: Kernels["check"],
	data: Uint32Array,
	width: number,
	height: number,
	visit: (a: number, b: number) => void,
): void {
	let pixel = 0;
	for (const y of checkedRows(check, height, width)) {
		for (let x = 0; x < width; x++, pixel++) {
			if (x < width - 1 && data[pixel] !== data[pixel + 1]) {
				visit(data[pixel], data[pixel + 1]);
			}
			if (y < height - 1 && data[pixel] !== data[pixel + width]) {
				visit(data[pixel], data[pixel + width]);
			}
		}
	}
}
