import type { RegionTree } from "@dinoseg/core/regions";

/**
 * The segments that a region tree joins to one next: of the nodes that hold all superpixels of it, the lowest that holds
 * others too tells which.
 *
 * @param table      segment of each part; the first parts are the leaves. Shape (parts,).
 * @param background id of what is no segment. Default: there is none.
 * @returns rising; none if there is no other segment. Undefined if the segment has no superpixel.
 */
export function mergesNext(
	{ leaves, merges }: RegionTree,
	table: Uint16Array,
	segment: number,
	background?: number,
): number[] | undefined {
	const wanted = table.subarray(0, leaves).reduce((sum, id) => sum + (id === segment ? 1 : 0), 0);
	if (wanted === 0) {
		return undefined;
	}
	const own = new Uint32Array(2 * leaves - 1);
	const others = new Uint32Array(2 * leaves - 1);
	for (let leaf = 0; leaf < leaves; leaf++) {
		own[leaf] = table[leaf] === segment ? 1 : 0;
		others[leaf] = table[leaf] === segment || table[leaf] === background ? 0 : 1;
	}
	for (let merge = 0; merge < leaves - 1; merge++) {
		const [a, b] = [merges[2 * merge], merges[2 * merge + 1]];
		own[leaves + merge] = own[a] + own[b];
		others[leaves + merge] = others[a] + others[b];
	}
	const node = own.findIndex((count, at) => count === wanted && others[at] > 0);
	return node === -1 ? [] : segmentsBelow(merges, leaves, node, table, [segment, background]);
}

/** Ids below a node, rising, without some. */
function segmentsBelow(
	merges: Uint32Array,
	leaves: number,
	node: number,
	table: Uint16Array,
	without: readonly (number | undefined)[],
): number[] {
	const found = new Set<number>();
	const open = [node];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		if (next < leaves) {
			found.add(table[next]);
		} else {
			open.push(merges[2 * (next - leaves)], merges[2 * (next - leaves) + 1]);
		}
	}
	return [...found].filter((id) => !without.includes(id)).sort((a, b) => a - b);
}
