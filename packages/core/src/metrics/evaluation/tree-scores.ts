import { addBoundaryCounts, type BoundaryCounts, boundaryScores, type LabelRaster } from "../boundary/index.ts";
import { type ContingencyTable, contingencyTable } from "../contingency-table.ts";
import { evaluateImage, type ImageEvaluation, type ImageToEvaluate } from "./evaluate-image.ts";
import { meanOf } from "./scores.ts";

/** The scores by which trees of segments are compared. */
export const TREE_SCORE_NAMES = ["covering", "probabilisticRandIndex", "variationOfInformation", "boundaryF"] as const;
export type TreeScoreName = (typeof TREE_SCORE_NAMES)[number];

/** A tree of segments of one image. */
export interface TreeToEvaluate extends Omit<ImageToEvaluate, "predicted"> {
	/** The leaves of the tree: their numbers are below 65536. */
	readonly superpixels: LabelRaster;
	/** The two nodes that each merge joins, as SciPy's `linkage` numbers them. Shape (leaves - 1, 2). */
	readonly merges: Uint32Array;
	/** Segment of each leaf at each level of cuts, the same levels for all images. Levels may share a table. */
	readonly levels: readonly ArrayLike<number>[];
}

/** Scores of the cuts of one tree. */
export interface TreeEvaluation {
	/** One per level. */
	readonly levels: readonly Pick<ImageEvaluation, "scores" | "boundary">[];
	/** Covering of the truth where each of its regions takes the best node of the whole tree. */
	readonly bestCovering: number;
}

/** Scores of trees over the images of a data set, as the literature reports them. */
export interface TreeSummary {
	/** One level for all images (optimal dataset scale), the best for each score. */
	readonly ods: Readonly<Record<TreeScoreName, { readonly level: number; readonly value: number }>>;
	/** The best level for each image (optimal image scale). */
	readonly ois: Readonly<Record<TreeScoreName, number>>;
	/** Mean over the images. */
	readonly bestCovering: number;
}

/**
 * Score every level of cuts of a tree.
 *
 * Source: Arbelaez et al. 2011, doi:10.1109/TPAMI.2010.161, section 3.1.
 *
 * @throws DinosegError SHAPE_MISMATCH for maps of different sizes; LABEL_OUT_OF_RANGE for too many classes.
 */
export function evaluateTree({ superpixels, merges, levels, ...image }: TreeToEvaluate): TreeEvaluation {
	const evaluated = new Map<ArrayLike<number>, TreeEvaluation["levels"][number]>();
	const evaluate = (table: ArrayLike<number>) => {
		const data = Uint16Array.from(superpixels.data, (leaf) => table[leaf]);
		const { scores, boundary } = evaluateImage({ ...image, predicted: { ...superpixels, data } });
		evaluated.set(table, { scores, boundary });
		return { scores, boundary };
	};
	const options = image.ignoreLabel === undefined ? {} : { ignoreLabel: image.ignoreLabel };
	const tables = image.annotations
		.map(({ data }) => contingencyTable(data, superpixels.data, options))
		.filter(({ total }) => total > 0);
	return {
		levels: levels.map((table) => evaluated.get(table) ?? evaluate(table)),
		bestCovering: bestCovering(tables, merges),
	};
}

/** Join the images of a data set. Images without a score (NaN) are left out of its mean. */
export function summariseTrees(images: readonly TreeEvaluation[]): TreeSummary {
	const levels = Array.from({ length: images[0]?.levels.length ?? 0 }, (_, level) => level);
	const ofLevel = (name: TreeScoreName, level: number): number =>
		name === "boundaryF"
			? boundaryFOf(images.map((image) => image.levels[level].boundary))
			: meanOf(images.map((image) => image.levels[level].scores[name] ?? Number.NaN));
	const bestOf = (name: TreeScoreName, values: readonly number[]): number =>
		values.reduce((best, value, at) => (isBetter(name, value, values[best]) ? at : best), 0);
	const entries = TREE_SCORE_NAMES.map((name) => {
		const values = levels.map((level) => ofLevel(name, level));
		const level = bestOf(name, values);
		const best = images.map(
			({ levels: own }) =>
				own[
					bestOf(
						name,
						own.map(({ scores }) => scores[name] ?? Number.NaN),
					)
				],
		);
		const ois =
			name === "boundaryF"
				? boundaryFOf(best.map(({ boundary }) => boundary))
				: meanOf(best.map(({ scores }) => scores[name] ?? Number.NaN));
		return { name, ods: { level, value: values[level] ?? Number.NaN }, ois };
	});
	return {
		ods: Object.fromEntries(entries.map(({ name, ods }) => [name, ods])) as TreeSummary["ods"],
		ois: Object.fromEntries(entries.map(({ name, ois }) => [name, ois])) as TreeSummary["ois"],
		bestCovering: meanOf(images.map((image) => image.bestCovering)),
	};
}

function isBetter(name: TreeScoreName, value: number, than: number): boolean {
	return Number.isNaN(than) ? !Number.isNaN(value) : name === "variationOfInformation" ? value < than : value > than;
}

function boundaryFOf(counts: readonly BoundaryCounts[]): number {
	return counts.length === 0 ? Number.NaN : boundaryScores(counts.reduce(addBoundaryCounts)).f;
}

/** How well the best nodes of a tree cover the regions of all annotators. @param tables of the leaves. NaN for no table. */
function bestCovering(tables: readonly ContingencyTable[], merges: Uint32Array): number {
	let covered = 0;
	let total = 0;
	for (const table of tables) {
		const best = bestOverlaps(table, merges);
		table.truthSizes.forEach((size, row) => {
			covered += size * best[row];
		});
		total += table.total;
	}
	return covered / total;
}

/** The best intersection over union that any node has with each region of the truth. */
function bestOverlaps({ cells, predictedLabels, truthSizes }: ContingencyTable, merges: Uint32Array): Float64Array {
	const leaves = merges.length / 2 + 1;
	const rows = truthSizes.length;
	const nodes = 2 * leaves - 1;
	const counts = new Float64Array(nodes * rows);
	for (const { row, column, count } of cells) {
		counts[predictedLabels[column] * rows + row] += count;
	}
	for (let merge = 0; merge < leaves - 1; merge++) {
		for (let row = 0; row < rows; row++) {
			counts[(leaves + merge) * rows + row] =
				counts[merges[2 * merge] * rows + row] + counts[merges[2 * merge + 1] * rows + row];
		}
	}
	const best = new Float64Array(rows);
	for (let node = 0; node < nodes; node++) {
		const own = counts.subarray(node * rows, (node + 1) * rows);
		const size = own.reduce((sum, count) => sum + count, 0);
		for (let row = 0; row < rows; row++) {
			best[row] = Math.max(best[row], own[row] / (truthSizes[row] + size - own[row]));
		}
	}
	return best;
}
