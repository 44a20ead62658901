import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createSegmenter, type Segmenter } from "@dinoseg/node/segmenter";
import { progress } from "../harness/progress.ts";
import { summarise } from "../harness/statistics.ts";
import { DEFAULT, optionsOf, type Setting } from "./settings.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
export const EXAMPLE_PHOTOGRAPHS = readdirSync(EXAMPLES).filter((name) => name.endsWith(".jpg"));

/** The photograph on which settings take turns: 640 × 427 pixels, 0.27 megapixels. */
export const TIMED_PHOTOGRAPH = "rocket.jpg";

/** Runs of each setting, and one more to warm up. */
const TURNS = 7;
const ROUNDS = 3;

export interface Times {
	/** Milliseconds of the default, the fastest of some runs: the median over the example photographs. */
	readonly examples: number;
	/** Milliseconds of the default on one photograph, the median of all its runs. */
	readonly byDefault: number;
	/** How many times as long as the default just before it each setting takes on that photograph: the median. */
	readonly ratios: ReadonlyMap<Setting, number>;
}

/** Time from the file to the label map, one picture at a time on all cores, without the token cache. */
export async function measureTimes(settings: readonly Setting[]): Promise<Times> {
	const segmenter = await createSegmenter({ cache: false });
	const time = (name: string, setting: Setting) => timeOnce(segmenter, name, setting);
	try {
		const fastest: number[] = [];
		for (const name of EXAMPLE_PHOTOGRAPHS) {
			const times: number[] = [];
			for (let round = 0; round < ROUNDS; round++) {
				times.push(await time(name, DEFAULT));
			}
			fastest.push(Math.min(...times));
		}
		const byDefault: number[] = [];
		const ratios = new Map<Setting, number[]>(settings.map((setting) => [setting, []]));
		// Turn by turn: what disturbs the machine for a while disturbs one turn of each.
		for (let turn = 0; turn <= TURNS; turn++) {
			for (const [setting, own] of ratios) {
				const reference = await time(TIMED_PHOTOGRAPH, DEFAULT);
				const milliseconds = await time(TIMED_PHOTOGRAPH, setting);
				if (turn > 0) {
					byDefault.push(reference);
					own.push(milliseconds / reference);
				}
			}
			progress(`times, turn ${turn} of ${TURNS}`);
		}
		return {
			examples: summarise(fastest).median,
			byDefault: summarise(byDefault).median,
			ratios: new Map(Array.from(ratios, ([setting, own]) => [setting, summarise(own).median])),
		};
	} finally {
		await segmenter.dispose();
	}
}

/** The sum of the stages; getting the network ready is not among them. */
async function timeOnce(segmenter: Segmenter, name: string, setting: Setting): Promise<number> {
	return (await segmenter.segment(`${EXAMPLES}${name}`, optionsOf(setting, 0))).timings.total;
}
