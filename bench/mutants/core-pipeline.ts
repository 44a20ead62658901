import { type Mutant, mutantsOf } from "./mutant.ts";

const core = "packages/core/src";

/** The stages of the pipeline, in its order. */
export const CORE_PIPELINE: readonly Mutant[] = [
	...mutantsOf(`${core}/image/median-blur.ts`, [
		["if (window === 0) {", "if (window <= 1) {", "a window of 1 is let through"],
		["image.data, width, height, 3, window", "image.data, height, width, 3, window", "width and height swapped"],
	]),
	...mutantsOf(`${core}/image/stretch.ts`, [
		["{ low: 0.1, high: 99.9 }", "{ low: 1, high: 99 }", "other percentiles of auto"],
		["levels > 0 && levels < FEW_LEVELS", "levels < FEW_LEVELS", "a picture of one colour is warned of"],
		["Math.floor(data[i] / 257 + 0.5)", "data[i] >> 8", "16 bits are cut, not rounded"],
		[
			"return range.white > range.black ?",
			"return range.white >= range.black ?",
			"no extremes where percentiles are equal",
		],
		["while (rest >= histogram[digit])", "while (rest > histogram[digit])", "off by one in the order statistic"],
	]),
	...mutantsOf(`${core}/image/input-dimensions.ts`, [
		["Math.max(image.width, image.height)", "Math.min(image.width, image.height)", "the shorter side is fitted"],
		["Math.round(length / patchSize)", "Math.floor(length / patchSize)", "sides are cut, not rounded"],
		["nearest > bounds.max ?", "nearest >= bounds.max ?", "the largest multiple is not reached"],
	]),
	...mutantsOf(`${core}/image/normalise.ts`, [
		["config.std[channel]", "config.std[0]", "one deviation for all channels"],
		["Math.fround(level * config.rescaleFactor)", "(level * config.rescaleFactor)", "a step is not rounded to float32"],
	]),
	...mutantsOf(`${core}/image/halve.ts`, [
		["(sum + 2) >> 2", "sum >> 2", "a mean is cut, not rounded"],
		["Math.min(left + 1, width - 1)", "Math.min(left + 1, width)", "the border is read from the next row"],
	]),
	...mutantsOf(`${core}/model/position-grid.ts`, [
		["side / (cells + 0.1)", "side / cells", "the offset of the official code is missing"],
		["const PLAIN_A = -0.75;", "const PLAIN_A = -0.5;", "the other cubic"],
		["config.registers > 0", "config.registers > 4", "few registers are forgotten"],
		["const vertical = axisTaps(rows, side, rule);", "const vertical = axisTaps(cols, side, rule);", "axes swapped"],
		["weight[cell * taps + tap] /= total;", "weight[cell * taps + tap] /= stretch;", "weights that do not add up to 1"],
	]),
	...mutantsOf(`${core}/linalg/principal-components.ts`, [
		["!(cumulative > share)", "!(cumulative >= share)", "a share that is just reached is enough"],
		["eigen.values[i] / (count - 1)", "eigen.values[i] / count", "variance by N instead of N - 1"],
		[
			"return Math.max(1, Math.min(wanted, rank));",
			"return Math.min(wanted, rank);",
			"no component for points that are all one",
		],
		["componentCount < option\n", "componentCount <= option\n", "a warning though all components are there"],
	]),
	...mutantsOf(`${core}/linalg/components.ts`, [
		["if (component[largest] < 0) {", "if (component[0] < 0) {", "the sign of the first loading decides"],
		[
			"eigen.values[k] < POORLY_SEPARATED * eigen.values[0]",
			"eigen.values[k] < POORLY_SEPARATED",
			"an absolute limit for a relative one",
		],
	]),
	...mutantsOf(`${core}/linalg/moments.ts`, [
		[
			"Math.min(start + BLOCK, rows)",
			"start + BLOCK",
			"the last block may be longer",
			"`subarray` ends with its array, so the block has the same points.",
		],
		[
			"value > -LARGEST_ELEMENT && value < LARGEST_ELEMENT",
			"value < LARGEST_ELEMENT",
			"large negative elements are let through",
		],
	]),
	...mutantsOf(`${core}/linalg/pca.ts`, [
		[
			"rows < cols;",
			"rows > cols;",
			"the larger matrix is decomposed",
			"Both give the same components; only time differs.",
		],
	]),
	...mutantsOf(`${core}/segment/points/local-averaging.ts`, [
		["const RADIUS = 2;", "const RADIUS = 1;", "a smaller neighbourhood"],
		["return left > 0 ? left * left : 0;", "return left * left;", "points that are far apart count too"],
		["weights[other] += weight;", "weights[other] += 1;", "a sum is divided by a wrong weight"],
	]),
	...mutantsOf(`${core}/segment/points/append-position.ts`, [
		[
			"Math.floor(point / cols) - (rows - 1) / 2",
			"Math.floor(point / rows) - (rows - 1) / 2",
			"the row of a point by the wrong side",
		],
		["(count * count - 1) / 12", "(count * count) / 12", "the variance of a continuous range"],
	]),
	...mutantsOf(`${core}/segment/points/whiten.ts`, [
		["return Math.sqrt(Math.sqrt(deviation));", "return Math.sqrt(deviation);", "two powers are the same"],
		["variance > 0 ?", "variance >= 0 ?", "a component without variance is divided by 0"],
	]),
	...mutantsOf(`${core}/segment/reduce-tokens.ts`, [
		['options.metric === "cosine"', 'options.metric !== "cosine"', "the metric turned around"],
	]),
	...mutantsOf(`${core}/cluster/k-means.ts`, [
		["if (clusters > rows) {", "if (clusters >= rows) {", "as many clusters as tokens are refused"],
		[
			"found.inertia < leastSearched * (1 - SAME)",
			"found.inertia > leastSearched * (1 - SAME)",
			"the worst start is kept",
		],
		["restart < restarts;", "restart < 1;", "one start whatever was asked"],
		["onProgress?.(restart + 1, restarts)", "onProgress?.(restart, restarts)", "progress never reaches its end"],
	]),
	...mutantsOf(`${core}/cluster/lloyd.ts`, [
		["settled &&= !sums.sizes.includes(0);", "", "a cluster may end empty"],
		[
			"inertia += assignment.distances[i] * weights[i];",
			"inertia += assignment.distances[i];",
			"weights are left out of the inertia",
		],
		[
			"sizes[labels[i]] > 1 && (farthest < 0",
			"sizes[labels[i]] > 0 && (farthest < 0",
			"a cluster is emptied to fill another",
		],
	]),
	...mutantsOf(`${core}/cluster/bounded-assignment.ts`, [
		[
			"lower[i] -= label === farthest ? others : shifts[farthest];",
			"lower[i] -= others;",
			"a bound that does not hold",
		],
	]),
];
