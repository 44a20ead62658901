/** A source of uniform random numbers in [0, 1). Passed in wherever chance is needed; never global. */
export interface Random {
	next(): number;
}

/**
 * A seeded generator that gives the same numbers on every machine.
 *
 * Source: SplitMix32 seeding of sfc32, PractRand, C. Doty-Humphrey. Integer operations only.
 *
 * @param seed any integer; only its low 32 bits count.
 */
export function createRandom(seed: number): Random {
	let state = seed >>> 0;
	const splitMix = (): number => {
		state = (state + 0x9e3779b9) >>> 0;
		let z = state;
		z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
		z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
		return (z ^ (z >>> 15)) >>> 0;
	};
	let a = splitMix();
	let b = splitMix();
	let c = splitMix();
	let counter = 1;
	const next32 = (): number => {
		const sum = (((a + b) >>> 0) + counter) >>> 0;
		counter = (counter + 1) >>> 0;
		a = b ^ (b >>> 9);
		b = (c + (c << 3)) >>> 0;
		c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
		return sum;
	};
	for (let warmUp = 0; warmUp < 12; warmUp++) {
		next32();
	}
	return {
		next() {
			const high = next32() >>> 5;
			const low = next32() >>> 6;
			return (high * 67108864 + low) / 9007199254740992;
		},
	};
}
