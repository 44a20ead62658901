/** A Markdown table. @param align one letter a column: l or r. */
export function markdownTable(heads: readonly string[], align: string, rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	const rule = line([...align].map((letter) => (letter === "r" ? "---:" : "---")));
	return [line(heads), rule, ...rows.map(line)].join("\n");
}

/** Milliseconds with about three digits. */
export function formatMilliseconds(milliseconds: number): string {
	const digits = milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0;
	return milliseconds.toFixed(digits);
}

/** `1.8 kB`, `640 kB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
	const kilobytes = bytes / 1000;
	return kilobytes < 1000 ? `${kilobytes.toFixed(kilobytes < 10 ? 1 : 0)} kB` : `${(kilobytes / 1000).toFixed(1)} MB`;
}
