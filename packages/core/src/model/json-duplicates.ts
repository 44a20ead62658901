/**
 * The first key that occurs twice in one object of a JSON text, at any depth, or undefined if there is none.
 *
 * `JSON.parse` silently keeps the last of two equal keys, so a file can show one thing to a reader that keeps the
 * first and another to one that keeps the last.
 *
 * @param text JSON that `JSON.parse` accepts.
 */
export function findDuplicateKey(text: string): string | undefined {
	/** The keys seen in each open object; undefined for an open array. */
	const open: (Set<string> | undefined)[] = [];
	let position = 0;
	while (position < text.length) {
		const character = text[position];
		if (character === '"') {
			const end = stringEnd(text, position);
			const keys = open.at(-1);
			if (keys !== undefined && isFollowedByColon(text, end)) {
				const key = JSON.parse(text.slice(position, end)) as string;
				if (keys.has(key)) {
					return key;
				}
				keys.add(key);
			}
			position = end;
			continue;
		}
		if (character === "{") {
			open.push(new Set());
		} else if (character === "[") {
			open.push(undefined);
		} else if (character === "}" || character === "]") {
			open.pop();
		}
		position++;
	}
	return undefined;
}

/** Position after the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
	let position = start + 1;
	while (text[position] !== '"') {
		position += text[position] === "\\" ? 2 : 1;
	}
	return position + 1;
}

function isFollowedByColon(text: string, start: number): boolean {
	let position = start;
	while (text[position] === " " || text[position] === "\t" || text[position] === "\n" || text[position] === "\r") {
		position++;
	}
	return text[position] === ":";
}
