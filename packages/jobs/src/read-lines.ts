import { createReadStream } from "node:fs";

const LINE_FEED = 10;

/** A line of a file, without its end. */
export interface FileLine {
	/** UTF-8. */
	readonly bytes: Buffer;
	/** Where the line after it begins, bytes. */
	readonly end: number;
}

/**
 * The lines of a file that end with a line feed, some at a time: one after the other would take as long as reading them. What stands behind the last line feed, the half line
 * of a process that was killed, is left out.
 */
export async function* readLines(path: string): AsyncGenerator<FileLine[]> {
	/** What was read of a line so far. */
	let rest: Buffer[] = [];
	let end = 0;
	for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
		const lines: FileLine[] = [];
		let start = 0;
		for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, start)) {
			const part = chunk.subarray(start, feed);
			const bytes = rest.length === 0 ? part : Buffer.concat([...rest, part]);
			end += bytes.length + 1;
			lines.push({ bytes, end });
			rest = [];
			start = feed + 1;
		}
		if (start < chunk.length) {
			rest.push(chunk.subarray(start));
		}
		yield lines;
	}
}
