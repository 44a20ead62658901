/** Names offered at most. */
const MAX_NEAR = 3;

/**
 * The names that a mistyped one may have meant, nearest first.
 *
 * Source: Levenshtein distance; a name counts as near within a third of the length of the longer, or two.
 */
export function nearNames(name: string, known: Iterable<string>): string[] {
	const wanted = name.toLowerCase();
	return [...new Set(known)]
		.map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
		.filter(({ candidate, distance }) => distance <= Math.max(2, wanted.length / 3, candidate.length / 3))
		.sort((a, b) => a.distance - b.distance)
		.slice(0, MAX_NEAR)
		.map(({ candidate }) => candidate);
}

/** ` Did you mean "a" or "b"?`, or nothing if no name is near. */
export function didYouMean(near: readonly string[]): string {
	return near.length === 0 ? "" : ` Did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`;
}

function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const substituted = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(substituted, row[j] + 1, next[j - 1] + 1));
		}
		row = next;
	}
	return row[b.length];
}
