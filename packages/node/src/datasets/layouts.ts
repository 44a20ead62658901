import type { TruthKind } from "@dinoseg/core/metrics";

/** One way in which truth files are named. */
export interface TruthNaming {
	/** As people read it: `<id>.gt<k>.png`. */
	readonly shown: string;
	/** Group 1 is the id of the image, group 2 (if any) the number of the annotator. */
	readonly pattern: RegExp;
}

/** How a data set keeps its truth. */
export interface DatasetLayout {
	readonly kind: TruthKind;
	/** The label of pixels that belong to nothing, unless a user says otherwise. */
	readonly ignoreLabel?: number;
	/** The first of these that names any file in a folder is the one of the folder. */
	readonly namings: readonly TruthNaming[];
}

const PLAIN: TruthNaming = { shown: "<id>.png", pattern: /^(.+)\.png$/ };

/** The data sets whose truth can be read, each in one folder of PNGs. */
export const DATASET_LAYOUTS = {
	bsds: { kind: "regions", namings: [{ shown: "<id>.gt<k>.png", pattern: /^(.+)\.gt(\d+)\.png$/ }] },
	camvid: {
		kind: "classes",
		ignoreLabel: 11,
		namings: [{ shown: "<id>.label.png", pattern: /^(.+)\.label\.png$/ }, PLAIN],
	},
	coco: {
		kind: "classes",
		ignoreLabel: 0,
		namings: [{ shown: "<id>.semantic.png", pattern: /^(.+)\.semantic\.png$/ }, PLAIN],
	},
	voc: { kind: "classes", ignoreLabel: 255, namings: [PLAIN] },
	generic: { kind: "classes", namings: [PLAIN] },
} as const satisfies Readonly<Record<string, DatasetLayout>>;

export type DatasetName = keyof typeof DATASET_LAYOUTS;

/** In the order in which help texts list them. */
export const DATASET_NAMES = Object.keys(DATASET_LAYOUTS) as readonly DatasetName[];
