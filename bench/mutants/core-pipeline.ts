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
	...mutantsOf(`${core}/model/dinov2/position-grid.ts`, [
		["side / (cells + 0.1)", "side / cells", "the offset of the official code is missing"],
		["const PLAIN_A = -0.75;", "const PLAIN_A = -0.5;", "the other cubic"],
		["config.registers > 0", "config.registers > 4", "few registers are forgotten"],
		["const vertical = axisTaps(rows, side, rule);", "const vertical = axisTaps(cols, side, rule);", "axes swapped"],
		["weight[cell * taps + tap] /= total;", "weight[cell * taps + tap] /= stretch;", "weights that do not add up to 1"],
	]),
	...mutantsOf(`${core}/model/dinov3/rotation.ts`, [
		["(2 * (index * stride + patchSize / 2)) / length", "(2 * index * stride) / length", "the corner, not the centre"],
		["ropeTheta ** (i / quarter)", "ropeTheta ** (i / (2 * quarter))", "periods that grow too slowly"],
		[".fill(1, 0, others * shape[1])", ".fill(1, 0, shape[1])", "registers have no cosine"],
		["place(col, input.width)", "place(col, input.height)", "the aspect is lost"],
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
	...mutantsOf(`${core}/segment/segment-by-codebook.ts`, [
		["if (unlike > UNLIKE_SHARE) {", "if (unlike > 1 - UNLIKE_SHARE) {", "a warning only where most is unlike"],
		[
			"gridGeometry(grid, map.width, map.height)",
			"gridGeometry(grid, map.height, map.width)",
			"width and height swapped",
		],
		["width, height, count: clusters };", "width, height, count: regions };", "as many ids as regions"],
	]),
	...mutantsOf(`${core}/codebook/sample-sum.ts`, [
		[
			"threshold = Math.max(threshold, slots.entries.priorities[top]);",
			"threshold = slots.entries.priorities[0];",
			"the threshold is another priority",
		],
		["threshold = Math.max(threshold, sample.threshold);", "", "the threshold of an added sample is forgotten"],
	]),
	...mutantsOf(`${core}/codebook/weighted-sample.ts`, [
		["Math.max(weight, threshold)", "weight", "points that stand for others count for themselves"],
		["b.weights[j] - a.weights[i]", "a.weights[i] - b.weights[j]", "of equal priorities the lighter point first"],
		["data[from * cols + d] + 0", "data[from * cols + d]", "-0 is kept"],
	]),
	...mutantsOf(`${core}/codebook/fit-codebook.ts`, [
		["masses[b] - masses[a] || a - b", "masses[a] - masses[b] || a - b", "ids rise with the share"],
		["const LIKE_SHARE = 0.99;", "const LIKE_SHARE = 0.01;", "nearly all patches are unlike"],
	]),
	...mutantsOf(`${core}/codebook/nearest-centroids.ts`, [
		["value * divisors[at % cols]", "value / divisors[at % cols]", "lifted centroids are divided once more"],
	]),
	...mutantsOf(`${core}/codebook/update-codebook.ts`, [
		[
			"descended.clusters === codebook.clusters ? descended.centroids : start",
			"descended.centroids",
			"a cluster may go",
		],
	]),
	...mutantsOf(`${core}/codebook/decode-codebook.ts`, [
		["priorities[row] < weights[row] || ", "", "a priority below its weight is let through"],
		["clusters > sample.points || ", "", "more clusters than points are let through"],
	]),
	...mutantsOf(`${core}/points/local-averaging.ts`, [
		["const RADIUS = 2;", "const RADIUS = 1;", "a smaller neighbourhood"],
		["return left > 0 ? left * left : 0;", "return left * left;", "points that are far apart count too"],
		["weights[other] += weight;", "weights[other] += 1;", "a sum is divided by a wrong weight"],
	]),
	...mutantsOf(`${core}/points/append-position.ts`, [
		[
			"Math.floor(point / cols) - (rows - 1) / 2",
			"Math.floor(point / rows) - (rows - 1) / 2",
			"the row of a point by the wrong side",
		],
		["(count * count - 1) / 12", "(count * count) / 12", "the variance of a continuous range"],
	]),
	...mutantsOf(`${core}/points/whiten.ts`, [
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
		[
			"restShift: tolerance * meanVariance",
			"restShift: tolerance * Math.sqrt(meanVariance)",
			"the root of the scale of the points",
		],
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
		[
			"upper[i] += shifts[label];",
			"upper[i] += shifts[farthest];",
			"a bound that is looser than it need be",
			"A looser bound costs time; the labels are the same.",
		],
	]),
	...mutantsOf(`${core}/cluster/exchange.ts`, [
		[
			"return size > 1 && mass > weight;",
			"return mass > weight;",
			"a cluster may lose its last point",
			"A cluster of one point has no more mass than that point, so the second condition holds it back too.",
		],
		["masses[k]) / (masses[k] + weight)", "masses[k]) / masses[k]", "the price of joining without the point itself"],
	]),
	...mutantsOf(`${core}/cluster/k-means-plus-plus.ts`, [
		[
			"sums.indexOf(sums.reduce((least, sum) => Math.min(least, sum)))",
			"sums.indexOf(sums.reduce((least, sum) => Math.max(least, sum)))",
			"the worst candidate is taken",
		],
	]),
	...mutantsOf(`${core}/cluster/choose-clusters.ts`, [
		["value >= WORTHWHILE_SEPARATION", "value > 2 * WORTHWHILE_SEPARATION", "clusters must be twice as far apart"],
		["curve.findLast(", "curve.find(", "the smallest number is taken instead of the largest"],
	]),
	...mutantsOf(`${core}/cluster/token-clusterings.ts`, [
		["walk?.set([...known]);", "", "nothing of a walk is kept"],
		["source ??= start(known.at(-1));", "source ??= start(known.at(0));", "a walk goes on from its first step"],
	]),
	...mutantsOf(`${core}/cluster/merging-k-means.ts`, [
		["distance / spread) * Math.sqrt(Math.sqrt(share))", "distance / spread) * Math.sqrt(share)", "another exponent"],
		[
			"if (separation < nearest.separation) {",
			"if (separation <= nearest.separation) {",
			"of equal pairs the last one merges",
		],
		["if (clustering !== after) {\n\t\t\tyield", "{\n\t\t\tyield", "a known step is made again"],
	]),
	...mutantsOf(`${core}/refine/smooth.ts`, [
		["2 * Math.floor(length / 2) + 1", "2 * Math.floor(length / 2) - 1", "the next smaller odd number"],
		["Math.min(patches, largest)", "patches", "no limit by the size of the picture"],
	]),
	...mutantsOf(`${core}/refine/guided-filter.ts`, [
		["Math.min(tileRow + 1, rows - 1) * cols", "Math.min(tileRow + 1, rows) * cols", "a row of cells behind the last"],
		["(pixel + 0.5) / side - 0.5 - tile", "pixel / side - 0.5 - tile", "corners of pixels instead of centres"],
	]),
	...mutantsOf(`${core}/refine/label-tile.ts`, [
		[
			"if (value > highest) {\n\t\t\t\thighest = value;\n\t\t\t\tbest",
			"if (value >= highest) {\n\t\t\t\thighest = value;\n\t\t\t\tbest",
			"the highest id on ties",
		],
		["mostAbove(lower, i, leader, last, range) < -ROUNDING", "true", "a corner of a block is not looked at"],
		["Math.abs(factor) * range[3 + c]", "0", "only the middle colour of a block is looked at"],
	]),
	...mutantsOf(`${core}/refine/absorb.ts`, [
		[
			"graph.labels[b] - graph.labels[a] || b - a) > 0",
			"graph.labels[a] - graph.labels[b] || b - a) > 0",
			"the higher label on ties",
		],
		["if (minPixels <= 1) {", "if (minPixels <= 2) {", "a minimum of 2 does nothing"],
	]),
	...mutantsOf(`${core}/refine/region-graph.ts`, [
		["if (end % width !== 0) {", "if (end % width !== 1) {", "rows are joined at their ends"],
		[
			"this.labels[root] = this.labels[into];",
			"this.labels[root] = this.labels[child];",
			"the label of the smaller region stays",
		],
	]),
	...mutantsOf(`${core}/segment/segment-tokens.ts`, [
		["temperature: inertia / tokens", "temperature: inertia", "a confidence that depends on the number of tokens"],
		["if (used < range.min) {", "if (used <= range.min) {", "a warning though there are enough segments"],
		["{ ...options, position: 0 }", "options", "the place of tokens counts for regions"],
	]),
	...mutantsOf(`${core}/regions/region-tree.ts`, [
		[
			"reached = isSmall ? reached : Math.max(reached, cost);",
			"reached = Math.max(reached, cost);",
			"small nodes raise the height",
		],
		["this.#gradients[common] += this.#gradients[border];", "", "the gradient of a joined border is lost"],
		["return a < c || (a === c && b < d);", "return a < c;", "ties of pairs are decided by the first node alone"],
	]),
	...mutantsOf(`${core}/regions/cut-tree.ts`, [
		["sizes[lower] >= sizes[higher]", "sizes[lower] > sizes[higher]", "the higher node keeps its id on ties"],
		["(reached) => reached > height", "(reached) => reached >= height", "a merge at the height itself is undone"],
	]),
	...mutantsOf(`${core}/regions/detail.ts`, [
		["Math.min(Math.floor(detail), DETAIL.max - 1)", "Math.floor(detail)", "the greatest detail has no next height"],
		["1 - detailOfHeight(height) / DETAIL.max", "detailOfHeight(height) / DETAIL.max", "strength turned around"],
	]),
	...mutantsOf(`${core}/regions/move-borders.ts`, [
		["const BOND = 40;", "const BOND = 0;", "borders are not held together"],
		["y === 0 ? own : above[x]", "y === 0 ? own : row[x]", "the row above is forgotten"],
	]),
	...mutantsOf(`${core}/segment/segment-regions.ts`, [
		["Math.max(found, MAX_SWEEP)", "MAX_SWEEP", "many regions are cut down to a dozen"],
		["if (superpixels < asked) {", "if (superpixels <= asked) {", "a warning though there are enough superpixels"],
	]),
];
