import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../../abort.ts";
import { DinosegError, optionName } from "../../errors/index.ts";

/** A long text that is put together from many short ones, in memory that is little more than the text itself. */
interface TextWriter {
	/** @throws DinosegError EXPORT_UNSUPPORTED if the text gets longer than a string can be. */
	write(text: string): void;
	/** The whole text. */
	finish(): string;
}

/** UTF-16 units in the longest string of V8, which has the lowest limit of all engines. */
const LONGEST_TEXT = 2 ** 29 - 24;

/** Units that become a string at once, so that the argument list stays within every engine's limit. */
const CHUNK = 8192;

/**
 * @param file    path of the photograph, for the message.
 * @param format  for the message.
 * @param check   called now and then; what it throws ends the writing. Default: none.
 * @param longest UTF-16 units.
 */
export function createTextWriter(
	file: string,
	format: string,
	check: Check = noCheck,
	longest = LONGEST_TEXT,
): TextWriter {
	const chunks: string[] = [];
	const units = new Uint16Array(CHUNK);
	let filled = 0;
	const flush = (): void => {
		check();
		chunks.push(String.fromCharCode(...units.subarray(0, filled)));
		filled = 0;
		if (chunks.length * CHUNK > longest) {
			throw new DinosegError(
				"EXPORT_UNSUPPORTED",
				`${file}: the label map has so many borders that its ${format} would be longer than ${longest} characters. ` +
					`Segment with a larger ${optionName("minArea")}, or export masks.`,
				{ details: { longest } },
			);
		}
	};
	return {
		write(text) {
			for (let index = 0; index < text.length; index++) {
				if (filled === CHUNK) {
					flush();
				}
				units[filled++] = text.charCodeAt(index);
			}
		},
		finish() {
			flush();
			return chunks.join("");
		},
	};
}
