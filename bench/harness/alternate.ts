import { summarise, type Timing } from "./statistics.ts";

/** Runs once. @returns milliseconds. */
export type TimedRun = () => Promise<number>;

/** What takes this long is run once, without a warm-up. */
const LONG_MS = 2000;
/** What takes this long is run {@link FEW} times. */
const SLOW_MS = 1000;
const FEW = 3;
/** Warm-ups of what is not slow: engines compile code in steps. */
const WARM_UPS = 5;
/** What is quick is run for about this long, 11 to 25 times. */
const BUDGET_MS = 600;
const LEAST = 11;
const MOST = 25;

/**
 * Time several ways to do the same in turns, so that what else the machine does meets all of them alike.
 *
 * @param isQuick fewer runs, for a first look.
 */
export async function alternate(runs: readonly TimedRun[], isQuick: boolean): Promise<Timing[]> {
	const warmUps = isQuick ? 1 : WARM_UPS;
	const times: number[][] = [];
	const wanted: number[] = [];
	for (const run of runs) {
		let warmUp = await run();
		for (let again = 1; again < warmUps && warmUp < SLOW_MS; again++) {
			warmUp = await run();
		}
		times.push(warmUp >= LONG_MS ? [warmUp] : []);
		wanted.push(warmUp >= LONG_MS ? 1 : isQuick || warmUp >= SLOW_MS ? FEW : sampleCount(warmUp));
	}
	for (let round = 0; round < Math.max(...wanted); round++) {
		for (const [index, run] of runs.entries()) {
			if (times[index].length < wanted[index]) {
				times[index].push(await run());
			}
		}
	}
	return times.map(summarise);
}

function sampleCount(milliseconds: number): number {
	return Math.min(MOST, Math.max(LEAST, Math.ceil(BUDGET_MS / milliseconds)));
}
