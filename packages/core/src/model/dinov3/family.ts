import { DinosegError, optionName } from "../../errors/index.ts";
import type { Dinov3Config } from "../checkpoint.ts";
import type { Family } from "../family.ts";
import { transformersNames } from "../tensor-names.ts";
import { isDinov3Config, parseDinov3Config } from "./config.ts";
import { rotationTables } from "./rotation.ts";
import { DOWN, requiredTensors, TIMM_NAMES } from "./tensors.ts";

/** The graph's inputs that say how far the queries and keys are turned: float32 (tokens, head / 2). */
export const COSINES_INPUT = "cosines";
export const SINES_INPUT = "sines";

/**
 * DINOv3's vision transformers. The angles of its rotation are computed outside the graph, for any size and aspect.
 *
 * Source: Siméoni et al. 2025, arXiv:2508.10104.
 */
export const DINOV3: Family<Dinov3Config> = {
	recognises: isDinov3Config,
	parseConfig: parseDinov3Config,
	requiredTensors,
	nameTensors(entries, file) {
		const named = transformersNames(entries, TIMM_NAMES, file);
		// Releases of transformers differ in whether the blocks are a part of their own.
		return new Map([...named].map(([name, entry]) => [name.replace(/^model\.(?=layer\.)/, ""), entry]));
	},
	afterGelu: `.${DOWN}`,
	placeTables: () => [],
	placeRule(_config, positionGrid) {
		if (positionGrid !== "official") {
			throw new DinosegError(
				"OPTION_INVALID",
				`${optionName("positionGrid")} does not apply to DINOv3, which has no position table; got "${positionGrid}". ` +
					"Leave it away.",
				{ details: { option: "positionGrid", value: positionGrid } },
			);
		}
		return "rotation";
	},
	placeInputs({ config }, input, { stride }) {
		const { cosines, sines } = rotationTables(config, input, stride);
		return { [COSINES_INPUT]: cosines, [SINES_INPUT]: sines };
	},
};
