import type { LabelMap } from "@dinoseg/core/labels";

/** The ids that have pixels, rising, without the background. */
export function usedIds({ data, background }: Pick<LabelMap, "data" | "background">): number[] {
	const isUsed = new Uint8Array(65536);
	for (let pixel = 0; pixel < data.length; pixel++) {
		isUsed[data[pixel]] = 1;
	}
	return Array.from(isUsed.keys()).filter((id) => isUsed[id] === 1 && id !== background);
}
