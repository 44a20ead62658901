import { tokenGridSize } from "../../tensor/index.ts";
import type { Dinov2Config } from "../checkpoint.ts";
import type { Family } from "../family.ts";
import { transformersNames } from "../tensor-names.ts";
import { parseDinov2Config } from "./config.ts";
import { interpolatePositions, positionGridRule } from "./position-grid.ts";
import { ORIGINAL_NAMES, patchPositionsEntry, positionTableSide, requiredTensors } from "./tensors.ts";

/** The graph's input for the position table on the picture's grid: float32 (patches, hidden). */
export const POSITIONS_INPUT = "positions";

/**
 * DINOv2, with and without registers. Its position table is resized to the picture's grid outside the graph.
 *
 * Source: Oquab et al. 2023, arXiv:2304.07193; registers: Darcet et al. 2023, arXiv:2309.16588.
 */
export const DINOV2: Family<Dinov2Config> = {
	recognises: ({ model_type: type }) => type === "dinov2" || type === "dinov2_with_registers",
	parseConfig: parseDinov2Config,
	requiredTensors,
	nameTensors: (entries, file) => transformersNames(entries, ORIGINAL_NAMES, file),
	afterGelu: ".mlp.fc2",
	placeTables: (checkpoint) => [patchPositionsEntry(checkpoint)],
	placeRule: positionGridRule,
	placeInputs({ config, tables }, input, { stride, positionGrid }) {
		const { hiddenSize, patchSize } = config;
		const { rows, cols } = tokenGridSize(input, patchSize, stride);
		const rule = positionGridRule(config, positionGrid);
		const data = interpolatePositions(tables[0], positionTableSide(config), hiddenSize, rows, cols, rule);
		return { [POSITIONS_INPUT]: { data, shape: [rows * cols, hiddenSize] } };
	},
};
