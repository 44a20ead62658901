import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createSegmenter, type Segmenter } from "dinoseg";
import { progress } from "../harness/progress.ts";
import { summarise } from "../harness/statistics.ts";
import { optionsOf, PLAIN, type Setting } from "./settings.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));
export const EXAMPLE_PHOTOGRAPHS = readdirSync(EXAMPLES).filter((name) => name.endsWith(".jpg"));

/** The photograph on which settings take turns: 640 × 427 pixels, 0.27 megapixels. */
export const TIMED_PHOTOGRAPH = "rocket.jpg";

/** Turns that each setting takes with the plain recipe, after a warm-up. */
const TURNS = 7;
const ROUNDS = 3;

export interface Times {
	/** The plain recipe: the median over the example photographs of the fastest of some runs, milliseconds. */
	readonly plain: number;
	/** Of each setting on one photograph, in turns with the plain recipe. */
	readonly settings: ReadonlyMap<Setting, TimeOfSetting>;
}

export interface TimeOfSetting {
	/** Medians, milliseconds. */
	readonly own: number;
	readonly plain: number;
	/** Median of the ratios of the turns, own to plain: less noisy than the ratio of the medians. */
	readonly ratio: number;
}

/** Time from the file to the label map, one picture at a time on all cores, without the token cache. */
export async function measureTimes(settings: readonly Setting[], clusters: number): Promise<Times> {
	const segmenter = await createSegmenter({ cache: false });
	const time = (name: string, setting: Setting) => timeOnce(segmenter, name, setting, clusters);
	try {
		const fastest: number[] = [];
		for (const name of EXAMPLE_PHOTOGRAPHS) {
			const times: number[] = [];
			for (let round = 0; round < ROUNDS; round++) {
				times.push(await time(name, PLAIN));
			}
			fastest.push(summarise(times).min);
		}
		const measured = new Map<Setting, TimeOfSetting>();
		for (const setting of settings) {
			const own: number[] = [];
			const plain: number[] = [];
			for (let turn = 0; turn <= TURNS; turn++) {
				const pair = [await time(TIMED_PHOTOGRAPH, setting), await time(TIMED_PHOTOGRAPH, PLAIN)];
				if (turn > 0) {
					own.push(pair[0]);
					plain.push(pair[1]);
				}
			}
			const ratio = summarise(own.map((milliseconds, turn) => milliseconds / plain[turn])).median;
			measured.set(setting, { own: summarise(own).median, plain: summarise(plain).median, ratio });
			progress(`${setting.name}: ${ratio.toFixed(2)} times the plain recipe`);
		}
		return { plain: summarise(fastest).median, settings: measured };
	} finally {
		await segmenter.dispose();
	}
}

/** The sum of the stages; getting the network ready is not among them. */
async function timeOnce(segmenter: Segmenter, name: string, setting: Setting, clusters: number): Promise<number> {
	return (await segmenter.segment(`${EXAMPLES}${name}`, optionsOf(setting, clusters, 0))).timings.total;
}
