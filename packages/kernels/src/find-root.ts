/**
 * The root of a node in a forest of sets; every other node on the way skips its parent.
 *
 * @param parents the parent of each node, a root's is itself. Shape (nodes,). Modified.
 * Source: union-find with path halving; Tarjan and van Leeuwen 1984, doi:10.1145/62.2160.
 */
export function findRoot(parents: Uint32Array, node: number): number {
	let at = node;
	while (parents[at] !== at) {
		parents[at] = parents[parents[at]];
		at = parents[at];
	}
	return at;
}
