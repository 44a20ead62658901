import { DinosegError } from "@dinoseg/core/errors";
import type { Rect } from "../scene.ts";
import { ByteWriter } from "./bytes.ts";
import { runEnd } from "./run-end.ts";

/** In place of a superpixel: a part that lies in no single one, or in none that is known. */
export const NONE = -1;
/** Parts that a picture can have. */
export const MOST_PARTS = 65_535;
/** Segment ids that there are. */
export const MOST_IDS = 65_536;

/** What parts are made of: those of a document, without its pixels. */
export interface PartTable {
	/** Parts that the picture was cut into; those beyond were carved out of them by hand. */
	readonly baseCount: number;
	/** As many of the base parts are superpixels, part i is superpixel i. */
	readonly baseLeaves: number;
	/** Segment of each part. Shape (parts,). */
	readonly table: Uint16Array;
	/** Segment of each base part before anything was done by hand. Shape (baseCount,). */
	readonly origins: Uint16Array;
	/** The base part that each part beyond those was carved out of. Shape (parts - baseCount,). */
	readonly roots: Uint16Array;
	/** Its superpixel, or NONE. Shape (parts - baseCount,). */
	readonly leaves: Int32Array;
}

/**
 * The parts of a picture, with what is kept of each up to date while pixels go from one to another: how many it has, and
 * where they are.
 */
export class PartStore {
	readonly width: number;
	readonly height: number;
	/** Part of each pixel. Shape (height, width). */
	readonly data: Uint16Array;
	/** Of parts that are not there, anything. Shape (MOST_PARTS,), as those that follow. */
	readonly table = new Uint16Array(MOST_PARTS);
	readonly roots = new Uint16Array(MOST_PARTS);
	readonly leaves = new Int32Array(MOST_PARTS);
	readonly origins = new Uint16Array(MOST_PARTS);
	readonly areas = new Uint32Array(MOST_PARTS);
	/** Pixels of each segment. Shape (MOST_IDS,). */
	readonly pixels = new Uint32Array(MOST_IDS);
	/** Left, top, right and bottom, the last two exclusive: all pixels lie within, maybe less of them. */
	readonly #boxes = new Int32Array(4 * MOST_PARTS);
	/** The parts carved out of each base part under each superpixel. */
	readonly #carved = new Map<number, number[]>();
	#runs: Uint8Array | undefined;
	#count = 0;
	#baseCount = 0;
	#baseLeaves = 0;

	/** @param data is written to from here on. */
	constructor(data: Uint16Array, width: number, height: number) {
		this.data = data;
		this.width = width;
		this.height = height;
	}

	get count(): number {
		return this.#count;
	}

	get baseCount(): number {
		return this.#baseCount;
	}

	get baseLeaves(): number {
		return this.#baseLeaves;
	}

	/**
	 * Length and part of each run of equal pixels, as `ByteWriter` has them. Made anew only after pixels have changed: that
	 * takes 20 ms for 12 megapixels, and a picture is kept while people go on.
	 */
	get runs(): Uint8Array {
		if (this.#runs === undefined) {
			const writer = new ByteWriter();
			for (let start = 0, stop: number; start < this.data.length; start = stop) {
				stop = runEnd(this.data, start, this.data.length);
				writer.number(stop - start);
				writer.number(this.data[start]);
			}
			this.#runs = writer.take();
		}
		return this.#runs;
	}

	/** Take other parts, after `data` was filled with them. */
	load({ baseCount, baseLeaves, table, origins, roots, leaves }: PartTable): void {
		this.#baseCount = baseCount;
		this.#baseLeaves = baseLeaves;
		this.#count = baseCount;
		this.#runs = undefined;
		this.#carved.clear();
		this.areas.fill(0);
		this.pixels.fill(0);
		this.table.set(table);
		this.origins.set(origins);
		for (let part = 0; part < baseCount; part++) {
			this.roots[part] = part;
			this.leaves[part] = part < baseLeaves ? part : NONE;
		}
		for (let part = baseCount; part < table.length; part++) {
			this.append(roots[part - baseCount], leaves[part - baseCount], table[part]);
		}
		this.#measure();
	}

	/** Copies, without the pixels. */
	save(): PartTable {
		return {
			baseCount: this.#baseCount,
			baseLeaves: this.#baseLeaves,
			table: this.table.slice(0, this.#count),
			origins: this.origins.slice(0, this.#baseCount),
			roots: this.roots.slice(this.#baseCount, this.#count),
			leaves: this.leaves.slice(this.#baseCount, this.#count),
		};
	}

	/** Give a part to a segment. */
	assign(part: number, segment: number): void {
		this.pixels[this.table[part]] -= this.areas[part];
		this.pixels[segment] += this.areas[part];
		this.table[part] = segment;
	}

	/** Give a stretch of one row from one part to another. */
	fill(start: number, length: number, from: number, to: number): void {
		this.data.fill(to, start, start + length);
		this.#runs = undefined;
		this.areas[from] -= length;
		this.pixels[this.table[from]] -= length;
		this.#gain(start, length, to);
	}

	/**
	 * The part for pixels that are taken out of another one: of the same base part and superpixel, in the segment. It is
	 * appended unless it is there.
	 *
	 * @throws DinosegError LABEL_OUT_OF_RANGE if there are as many parts as a picture can have
	 */
	partFor(root: number, leaf: number, segment: number): number {
		if (this.leaves[root] === leaf && this.table[root] === segment) {
			return root;
		}
		const known = this.#carved.get(keyOf(root, leaf))?.find((part) => this.table[part] === segment);
		return known ?? this.append(root, leaf, segment);
	}

	/** Append a part without pixels. @throws DinosegError LABEL_OUT_OF_RANGE */
	append(root: number, leaf: number, segment: number): number {
		if (this.#count === MOST_PARTS) {
			throw new DinosegError(
				"LABEL_OUT_OF_RANGE",
				`document: a picture can be cut into ${MOST_PARTS} parts, and this takes more. Edit larger areas at once.`,
				{ details: { max: MOST_PARTS } },
			);
		}
		const part = this.#count++;
		const key = keyOf(root, leaf);
		const family = this.#carved.get(key);
		if (family === undefined) {
			this.#carved.set(key, [part]);
		} else {
			family.push(part);
		}
		this.roots[part] = root;
		this.leaves[part] = leaf;
		this.table[part] = segment;
		this.areas[part] = 0;
		this.#emptyBox(part);
		return part;
	}

	/** Take the parts from `count` on away; they have no pixels. */
	trim(count: number): void {
		while (this.#count > count) {
			const part = --this.#count;
			const key = keyOf(this.roots[part], this.leaves[part]);
			const family = this.#carved.get(key);
			family?.pop();
			if (family?.length === 0) {
				this.#carved.delete(key);
			}
		}
	}

	/** A rectangle in which all pixels of some segments lie; undefined where they have none. */
	boxOf(segments: ReadonlySet<number>): Rect | undefined {
		const boxes = this.#boxes;
		let [left, top, right, bottom] = [this.width, this.height, 0, 0];
		for (let part = 0; part < this.#count; part++) {
			if (this.areas[part] > 0 && segments.has(this.table[part])) {
				left = Math.min(left, boxes[4 * part]);
				top = Math.min(top, boxes[4 * part + 1]);
				right = Math.max(right, boxes[4 * part + 2]);
				bottom = Math.max(bottom, boxes[4 * part + 3]);
			}
		}
		return left < right ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
	}

	#measure(): void {
		for (let part = 0; part < this.#count; part++) {
			this.#emptyBox(part);
		}
		for (let row = 0; row < this.height; row++) {
			const end = (row + 1) * this.width;
			for (let start = row * this.width, stop: number; start < end; start = stop) {
				stop = runEnd(this.data, start, end);
				this.#gain(start, stop - start, this.data[start]);
			}
		}
	}

	#emptyBox(part: number): void {
		this.#boxes[4 * part] = this.width;
		this.#boxes[4 * part + 1] = this.height;
		this.#boxes[4 * part + 2] = 0;
		this.#boxes[4 * part + 3] = 0;
	}

	/** Count a stretch of one row that a part has got. */
	#gain(start: number, length: number, part: number): void {
		const boxes = this.#boxes;
		const row = Math.floor(start / this.width);
		const column = start - row * this.width;
		if (this.areas[part] === 0) {
			this.#emptyBox(part);
		}
		this.areas[part] += length;
		this.pixels[this.table[part]] += length;
		const box = 4 * part;
		boxes[box] = Math.min(boxes[box], column);
		boxes[box + 1] = Math.min(boxes[box + 1], row);
		boxes[box + 2] = Math.max(boxes[box + 2], column + length);
		boxes[box + 3] = Math.max(boxes[box + 3], row + 1);
	}
}

function keyOf(root: number, leaf: number): number {
	return root * MOST_IDS + leaf + 1;
}
