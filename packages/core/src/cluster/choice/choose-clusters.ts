import type { Kernels } from "@dinoseg/kernels";
import type { Criterion } from "../../options/index.ts";
import type { Matrix } from "../../tensor/index.ts";
import {
	type ChoicePoint,
	type ClusterCandidates,
	calinskiHarabaszCurve,
	chooseByGain,
	chooseByStability,
	eigengapCurve,
	elbowCurve,
	gainCurve,
	highest,
	silhouetteCurve,
	stabilityCurve,
} from "./criteria.ts";

/** The number of clusters, or of regions, that was chosen, and why. */
export interface ClusterChoice {
	/** "detail" of regions. */
	readonly criterion: Criterion | "detail";
	readonly clusters: number;
	/** One point for each number of clusters that there was to choose from, rising. */
	readonly curve: readonly ChoicePoint[];
}

/** What there is to choose from. */
export interface ClusterChoiceInput extends ClusterCandidates {
	/** What is clustered. Shape (N, D). */
	readonly points: Matrix;
	/** The same clusterings from other seeds, at least one: for the criterion "stability". */
	reseeded(): readonly Pick<ClusterCandidates, "labels">[];
}

/**
 * Choose the number of clusters. Only the clusterings that the criterion needs are asked for.
 *
 * @throws DinosegError SHAPE_MISMATCH
 */
export function chooseClusters(kernels: Kernels, criterion: Criterion, input: ClusterChoiceInput): ClusterChoice {
	const labels = (count: number) => {
		kernels.check();
		return input.labels(count);
	};
	const [curve, clusters] = judge(kernels, criterion, { ...input, labels });
	return { criterion, clusters, curve };
}

function judge(kernels: Kernels, criterion: Criterion, input: ClusterChoiceInput): [readonly ChoicePoint[], number] {
	const best = (curve: readonly ChoicePoint[]): [readonly ChoicePoint[], number] => [curve, highest(curve)];
	switch (criterion) {
		case "gain": {
			const curve = gainCurve(input);
			return [curve, chooseByGain(curve)];
		}
		case "elbow":
			return best(elbowCurve(input));
		case "silhouette":
			return best(silhouetteCurve(kernels, input.points, input));
		case "calinski-harabasz":
			return best(calinskiHarabaszCurve(kernels, input.points, input));
		case "eigengap":
			return best(eigengapCurve(kernels, input.points, input.range));
		case "stability": {
			const curve = stabilityCurve(input, input.reseeded());
			return [curve, chooseByStability(curve)];
		}
		default:
			return criterion satisfies never;
	}
}
