import { formatOptions, OPTIONS, type OptionStage, type SegmentationOptions } from "@dinoseg/core/options";
import type { Settings } from "./scene.ts";

type Key = keyof SegmentationOptions;

/** Options by which a region tree is cut, and none that it is made with. */
const CUTS: readonly Key[] = ["clusters", "detail"];
const TOKEN_STAGES: readonly OptionStage[] = ["pixels", "tokens"];

/** A text that is the same for settings that have the same options of some kind, and the same network. */
function keyOf({ model, dtype, options }: Settings, isKept: (key: Key) => boolean): string {
	const written = Object.entries(formatOptions(options)).filter(([key]) => isKept(key as Key));
	return JSON.stringify([model, dtype, written]);
}

/** The same for settings with the same result. */
export function resultKey(settings: Settings): string {
	return keyOf(settings, () => true);
}

/** The same for settings with the same tokens. */
export function tokensKey(settings: Settings): string {
	return keyOf(settings, (key) => TOKEN_STAGES.includes(OPTIONS[key].stage));
}

/** The same for settings whose regions are cuts of the same tree. */
export function treeKey(settings: Settings): string {
	return keyOf(settings, (key) => !CUTS.includes(key));
}

/** What a change of settings is called, in a few words. */
export function changeName(before: Settings, after: Settings): string {
	const changed = (Object.keys(OPTIONS) as Key[]).filter(
		(key) => JSON.stringify(before.options[key]) !== JSON.stringify(after.options[key]),
	);
	if (before.model !== after.model || before.dtype !== after.dtype) {
		return "Another model";
	}
	return (changed.length > 0 && NAMES[changed[0]]) || "Other settings";
}

const NAMES: Partial<Readonly<Record<Key, string>>> = {
	segments: "Clusters or regions",
	clusters: "Number of segments",
	detail: "Detail",
	median: "Median blur",
	pca: "PCA variance",
	minArea: "Smallest area",
};
