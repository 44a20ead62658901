import { DinosegError } from "@dinoseg/core/errors";

/** Writes numbers of any size up to 2 ** 32 - 1, small ones in few bytes. */
export class ByteWriter {
	#bytes = new Uint8Array(1024);
	#length = 0;

	/** Base 128, the low digits first; the top bit of all but the last byte is set. */
	number(value: number): void {
		this.#reserve(5);
		let rest = value;
		while (rest > 127) {
			this.#bytes[this.#length++] = (rest & 127) | 128;
			rest = Math.floor(rest / 128);
		}
		this.#bytes[this.#length++] = rest;
	}

	numbers(values: Iterable<number>): void {
		for (const value of values) {
			this.number(value);
		}
	}

	text(value: string): void {
		const encoded = new TextEncoder().encode(value);
		this.number(encoded.length);
		this.bytes(encoded);
	}

	/** What another one took. */
	bytes(values: Uint8Array): void {
		this.#reserve(values.length);
		this.#bytes.set(values, this.#length);
		this.#length += values.length;
	}

	take(): Uint8Array {
		return this.#bytes.slice(0, this.#length);
	}

	#reserve(length: number): void {
		if (this.#length + length > this.#bytes.length) {
			const larger = new Uint8Array(2 * this.#bytes.length + length);
			larger.set(this.#bytes);
			this.#bytes = larger;
		}
	}
}

/** Reads what a `ByteWriter` wrote, and trusts nothing. */
export class ByteReader {
	readonly #bytes: Uint8Array;
	#at = 0;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	get isAtEnd(): boolean {
		return this.#at === this.#bytes.length;
	}

	/** @throws DinosegError RESULT_INVALID unless it is there, and not above `most` */
	number(what: string, most: number): number {
		let value = 0;
		let scale = 1;
		for (;;) {
			const byte = this.#bytes[this.#at++];
			if (byte === undefined || scale > 2 ** 28) {
				throw invalidDocument(`no ${what}`);
			}
			value += (byte & 127) * scale;
			if (byte < 128) {
				break;
			}
			scale *= 128;
		}
		if (value > most) {
			throw invalidDocument(`${what} of ${value}, which can be ${most} at most`);
		}
		return value;
	}

	numbers(what: string, count: number, most: number): number[] {
		return Array.from({ length: count }, () => this.number(what, most));
	}

	text(what: string, most: number): string {
		const length = this.number(`length of a ${what}`, most);
		const bytes = this.#bytes.subarray(this.#at, this.#at + length);
		if (bytes.length < length) {
			throw invalidDocument(`no ${what}`);
		}
		this.#at += length;
		return new TextDecoder().decode(bytes);
	}

	/** A reader of what follows, that leaves this one where it is. */
	fork(): ByteReader {
		return new ByteReader(this.#bytes.subarray(this.#at));
	}
}

export function invalidDocument(problem: string): DinosegError {
	return new DinosegError(
		"RESULT_INVALID",
		`decodeDocument: expected the bytes of a document, got ${problem}. Open the picture again.`,
	);
}
