/**
 * What of the NOTICE concerns one package. Paragraphs of entries (`- packages/node, apps/cli: …`) keep those that name
 * the package; one that keeps none is left out, with the paragraph that introduces it.
 *
 * @param folder of the package, such as `packages/core`.
 */
export function noticeOf(notice: string, folder: string): string {
	const kept: string[] = [];
	for (const paragraph of notice.trimEnd().split("\n\n")) {
		if (!paragraph.startsWith("- ")) {
			kept.push(paragraph);
			continue;
		}
		const entries = paragraph.split(/\n(?=- )/).filter((entry) => namedFolders(entry).includes(folder));
		if (entries.length > 0) {
			kept.push(entries.join("\n"));
		} else {
			kept.pop();
		}
	}
	return `${kept.join("\n\n")}\n`;
}

function namedFolders(entry: string): string[] {
	return entry.slice("- ".length, entry.indexOf(":")).split(", ");
}
