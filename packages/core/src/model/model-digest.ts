/**
 * The text whose sha256 identifies a model: a line for each of its files, in the order of the lines.
 *
 * @param files sha256 of each file by its name in the checkpoint, in whatever order.
 */
export function modelDigestText(files: Iterable<readonly [name: string, sha256: string]>): string {
	return Array.from(files, ([name, sha256]) => `${sha256} ${name}\n`)
		.sort()
		.join("");
}
