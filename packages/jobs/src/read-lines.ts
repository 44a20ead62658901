import { createReadStream } from "node:fs";

const LINE_FEED = 10;

/** A line of a file, without its end. */
export interface FileLine {
	readonly text: string;
	/** Where the line after it begins, bytes. */
	readonly end: number;
}

/**
 * The lines of a file that end with a line feed, one after the other. What stands behind the last line feed, the half line
 * of a process that was killed, is left out.
 */
export async function* readLines(path: string): AsyncGenerator<FileLine> {
	let rest: Buffer = Buffer.alloc(0);
	let end = 0;
	for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
		const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
		let start = 0;
		for (let feed = bytes.indexOf(LINE_FEED); feed !== -1; feed = bytes.indexOf(LINE_FEED, start)) {
			end += feed + 1 - start;
			yield { text: bytes.toString("utf8", start, feed), end };
			start = feed + 1;
		}
		rest = bytes.subarray(start);
	}
}
