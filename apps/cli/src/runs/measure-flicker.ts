import { join } from "node:path";
import type { LabelMap } from "@dinoseg/core/labels";
import { RESULT_LABELS } from "@dinoseg/core/result";
import { readLabels } from "@dinoseg/node/datasets";
import type { InputJob } from "../inputs/expand-inputs.ts";

/** Places along each side at which maps are compared: flicker is a share, and needs no more. */
const PLACES = 128;

/**
 * How much of films flickers: the share of all places, in all frames but the first and the last of each film, whose segment
 * is another one than in the frames before and after, which agree.
 *
 * @param films frames in their order; those without a result are left out.
 * @returns 0 to 1; nothing where no film has three frames.
 */
export async function measureFlicker(
	films: readonly (readonly InputJob[])[],
	maxPixels: number,
): Promise<number | undefined> {
	let [places, changed] = [0, 0];
	for (const film of films) {
		const window: Uint16Array[] = [];
		for (const { outputFolder } of film) {
			const map = await readLabels(join(outputFolder, RESULT_LABELS), maxPixels).catch(() => undefined);
			if (map === undefined) {
				continue;
			}
			window.push(placesOf(map));
			if (window.length > 3) {
				window.shift();
			}
			const [before, frame, after] = window;
			if (after !== undefined) {
				places += frame.length;
				changed += frame.filter((id, at) => before[at] === after[at] && id !== before[at]).length;
			}
		}
	}
	return places === 0 ? undefined : changed / places;
}

/** The ids at the places of a map. Shape (PLACES, PLACES). */
function placesOf({ data, width, height }: LabelMap): Uint16Array {
	return Uint16Array.from({ length: PLACES * PLACES }, (_, at) => {
		const x = Math.floor((((at % PLACES) + 0.5) * width) / PLACES);
		const y = Math.floor(((Math.floor(at / PLACES) + 0.5) * height) / PLACES);
		return data[y * width + x];
	});
}
