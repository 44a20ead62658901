import type { Codebook } from "@dinoseg/core/codebook";
import { applyNames, type Color, colorToHex, defaultSegmentName, segmentColor } from "@dinoseg/core/labels";

/** A cluster of a codebook, as people see it. */
export interface DescribedCluster {
	readonly id: number;
	readonly name: string;
	/** #rrggbb */
	readonly color: string;
	/** Of all that the codebook was fitted to, 0 to 1. */
	readonly share: number;
}

/** The clusters of a codebook by their ids. */
export function describeClusters({ shares, names }: Codebook): DescribedCluster[] {
	const clusters = Array.from(shares, (share, id) => {
		const color: Color = segmentColor(id);
		return { id, name: defaultSegmentName(id), color, share };
	});
	return applyNames(clusters, names).map(({ id, name, color, share }) => ({
		id,
		name,
		color: colorToHex(color),
		share,
	}));
}
