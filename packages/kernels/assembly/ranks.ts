/** Ranks, one byte each, of `count` values of 8 bits. Table: `rankOf`, one byte per value. */
export function ranksOfBytes(values: usize, rankOf: usize, ranks: usize, count: usize): void {
	for (let i: usize = 0; i < count; i++) {
		store<u8>(ranks + i, load<u8>(rankOf + load<u8>(values + i)));
	}
}

/** Ranks, one byte each, of `count` values of 16 bits. Table: `rankOf`, one byte per value. */
export function ranksOfWords(values: usize, rankOf: usize, ranks: usize, count: usize): void {
	for (let i: usize = 0; i < count; i++) {
		store<u8>(ranks + i, load<u8>(rankOf + load<u16>(values + 2 * i)));
	}
}

/** Values of 8 bits of `count` ranks. Table: `valueOf`, 16 bits per rank. */
export function bytesOfRanks(ranks: usize, valueOf: usize, values: usize, count: usize): void {
	for (let i: usize = 0; i < count; i++) {
		store<u8>(values + i, load<u8>(valueOf + 2 * <usize>load<u8>(ranks + i)));
	}
}

/** Values of 16 bits of `count` ranks. Table: `valueOf`, 16 bits per rank. */
export function wordsOfRanks(ranks: usize, valueOf: usize, values: usize, count: usize): void {
	for (let i: usize = 0; i < count; i++) {
		store<u16>(values + 2 * i, load<u16>(valueOf + 2 * <usize>load<u8>(ranks + i)));
	}
}
