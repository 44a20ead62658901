import type { Check, Kernels } from "../kernels.ts";
import { CENTRE_NUMBERS, CENTRES_PER_CHECK, iterate } from "../reference/slic.ts";
import type { Engine } from "./engine.ts";

/** Values of distances that are reset at once. */
const STEP = 2 ** 18;

/** `Kernels.slic`: the assignment in the module, where the picture stays. */
export function createSlic(engine: Engine, check: Check): Kernels["slic"] {
	return (channels, width, height, centres, { reach, placeWeight, iterations }) =>
		engine((workspace) => {
			const { wasm } = workspace;
			const [lightnessAt, aAt, bAt] = channels.map((channel) => workspace.copyIn(channel));
			const pixels = width * height;
			const distancesAt = workspace.reserve(4 * pixels);
			const nearestAt = workspace.reserve(2 * pixels);
			workspace.clear(nearestAt, 2 * pixels);
			const centresAt = workspace.reserve(centres.byteLength);
			const count = centres.length / CENTRE_NUMBERS;
			return iterate(check, channels, width, height, centres, iterations, (moved, nearest) => {
				workspace.write(centresAt, moved);
				for (let from = 0; from < pixels; from += STEP) {
					check();
					wasm.resetDistances(distancesAt + 4 * from, Math.min(STEP, pixels - from));
				}
				for (let first = 0; first < count; first += CENTRES_PER_CHECK) {
					check();
					const end = Math.min(count, first + CENTRES_PER_CHECK);
					wasm.assignPixels(
						lightnessAt,
						aAt,
						bAt,
						width,
						height,
						centresAt,
						first,
						end,
						reach,
						placeWeight,
						distancesAt,
						nearestAt,
					);
				}
				workspace.read(nearestAt, nearest);
			});
		});
}
