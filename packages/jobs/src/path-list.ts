import { DinosegError, optionName } from "@dinoseg/core/errors";

/** A longer path is none: no system has one. */
const LONGEST_PATH = 32_768;

/**
 * The paths of a list, as they come. Empty lines are left out, and a carriage return at the end of a line.
 *
 * @param separator a line feed, or NUL as `find -print0` writes it, for names with line feeds.
 * @param name      of the list, for messages.
 * @throws DinosegError INPUT_UNREADABLE for bytes that are not UTF-8, or no paths.
 */
export async function* readPathList(
	chunks: AsyncIterable<Uint8Array>,
	separator: "\n" | "\0",
	name: string,
): AsyncGenerator<string> {
	const decoder = new TextDecoder("utf-8", { fatal: true });
	let rest = "";
	let number = 0;
	const pathOf = (line: string): string => {
		number += 1;
		const path = separator === "\n" ? line.replace(/\r$/, "") : line;
		if (path.length > LONGEST_PATH || path.includes("\0")) {
			const hint = separator === "\n" ? ` Paths that end with NUL need ${optionName("null")}.` : "";
			throw invalid(`${name}: entry ${number} is no path: ${JSON.stringify(path.slice(0, 80))}.${hint}`);
		}
		return path;
	};
	const decode = (chunk?: Uint8Array): string => {
		try {
			return decoder.decode(chunk, { stream: chunk !== undefined });
		} catch (cause) {
			throw invalid(
				`${name}: a path behind entry ${number} is not UTF-8. Rename the file, or search its folder.`,
				cause,
			);
		}
	};
	for await (const chunk of chunks) {
		const lines = (rest + decode(chunk)).split(separator);
		rest = lines.pop() as string;
		if (rest.length > LONGEST_PATH) {
			pathOf(rest);
		}
		yield* lines.map(pathOf).filter((path) => path !== "");
	}
	const path = pathOf(rest + decode());
	if (path !== "") {
		yield path;
	}
}

function invalid(message: string, cause?: unknown): DinosegError {
	return new DinosegError("INPUT_UNREADABLE", message, { cause });
}
