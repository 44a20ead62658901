import type { ContingencyTable } from "../contingency-table.ts";

/** Adds up contingency tables by their labels. Memory does not grow with their number. */
export interface TableSum {
	add(table: ContingencyTable): void;
	/** All that was added, as one table. */
	table(): ContingencyTable;
}

export function createTableSum(): TableSum {
	const counts = new Map<number, Map<number, number>>();
	return {
		add({ truthLabels, predictedLabels, cells }) {
			for (const { row, column, count } of cells) {
				const truth = truthLabels[row];
				const predicted = predictedLabels[column];
				const ofTruth = counts.get(truth) ?? new Map<number, number>();
				counts.set(truth, ofTruth.set(predicted, (ofTruth.get(predicted) ?? 0) + count));
			}
		},
		table() {
			const truthLabels = [...counts.keys()].sort((a, b) => a - b);
			const occurring = new Set([...counts.values()].flatMap((ofTruth) => [...ofTruth.keys()]));
			const predictedLabels = [...occurring].sort((a, b) => a - b);
			const columns = new Map(predictedLabels.map((label, column) => [label, column]));
			const truthSizes = new Float64Array(truthLabels.length);
			const predictedSizes = new Float64Array(predictedLabels.length);
			const cells = truthLabels.flatMap((label, row) =>
				[...(counts.get(label) as Map<number, number>)]
					.map(([predicted, count]) => ({ row, column: columns.get(predicted) as number, count }))
					.sort((a, b) => a.column - b.column),
			);
			for (const { row, column, count } of cells) {
				truthSizes[row] += count;
				predictedSizes[column] += count;
			}
			const total = truthSizes.reduce((sum, size) => sum + size, 0);
			return { truthLabels, predictedLabels, truthSizes, predictedSizes, cells, total };
		},
	};
}
