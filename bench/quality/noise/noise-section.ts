import { meanOf } from "@dinoseg/core/metrics";
import { DENSITIES, measureNoise, NOISE_CLUSTERS, NOISE_SEEDS, ORDERS } from "./measure-noise.ts";
import { noisePlot } from "./noise-plot.ts";
import { meanAgreement, noiseTable, ORDER_TITLES, percent, photographTable } from "./noise-tables.ts";

/** Densities at which every photograph is shown. */
const SHOWN = [0.05, 0.1] as const;

/** What is published about noise. */
export interface NoiseSection {
	/** Markdown. */
	readonly text: string;
	/** The plot that the text shows, as an SVG. */
	readonly plot: string;
}

/** Measure noise and write it down. @param plotPath where the plot will lie, as the text has to name it. */
export async function noiseSection(plotPath: string): Promise<NoiseSection> {
	const photographs = await measureNoise();
	const lines = ORDERS.map((order) => {
		const each = DENSITIES.map((_, at) => photographs.map(({ agreement }) => agreement[order][at]));
		return {
			order,
			title: ORDER_TITLES[order],
			mean: each.map(meanOf),
			lowest: each.map((values) => Math.min(...values)),
			highest: each.map((values) => Math.max(...values)),
		};
	});
	const plot = noisePlot(
		DENSITIES,
		lines,
		`Agreement (ARI) with the clean photograph's segmentation. Mean and range of ${photographs.length} photographs`,
	);
	const [none, before] = (["none", "before"] as const).map((order) => meanAgreement(photographs, order).at(-1) ?? 0);
	const text = `## Noise and the median blur

![Agreement of the segmentation of a noisy photograph with that of the clean one, over the share of noisy pixels](${plotPath})

With ${percent(DENSITIES[DENSITIES.length - 1])} salt-and-pepper noise, segmentations agree with those of the clean photographs to ${before.toFixed(2)} with the median blur, to ${none.toFixed(2)} without. The blur belongs before the resize, as dinoseg does it ([why](adr/0001-median-before-resize.md)).

Agreement is the adjusted Rand index: 1 is the same segmentation, 0 is chance. Means over the ${photographs.length} example photographs and ${NOISE_SEEDS.length} draws of the noise; the report's recipe with k = ${NOISE_CLUSTERS}.

${noiseTable(photographs)}

${photographTable(photographs, SHOWN)}`;
	return { text, plot };
}
