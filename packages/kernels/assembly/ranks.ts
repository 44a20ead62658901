/** Ranks, one byte each, of `count` values of 8 bits. `table`: one byte per value. */
export function ranksOfBytes(values: usize, table: usize, ranks: usize, count: usize): void {
	for (let i: usize = 0; i < count; i++) {
		store<u8>(ranks + i, load<u8>(table + load<u8>(values + i)));
	}
}

/** Ranks, one byte each, of `count` values of 16 bits. `table`: one byte per value. */
export function ranksOfWords(values: usize, table: usize, ranks: usize, count: usize): void {
	for (let i: usize = 0; i < count; i++) {
		store<u8>(ranks + i, load<u8>(table + load<u16>(values + 2 * i)));
	}
}

/** Values of 8 bits of `count` ranks. `table`: 16 bits per rank. */
export function bytesOfRanks(ranks: usize, table: usize, values: usize, count: usize): void {
	for (let i: usize = 0; i < count; i++) {
		store<u8>(values + i, load<u8>(table + 2 * <usize>load<u8>(ranks + i)));
	}
}

/** Values of 16 bits of `count` ranks. `table`: 16 bits per rank. */
export function wordsOfRanks(ranks: usize, table: usize, values: usize, count: usize): void {
	for (let i: usize = 0; i < count; i++) {
		store<u16>(values + 2 * i, load<u16>(table + 2 * <usize>load<u8>(ranks + i)));
	}
}
