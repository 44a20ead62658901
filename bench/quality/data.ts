import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
	DATASET_LAYOUTS,
	type DatasetLayout,
	type DatasetName,
	findTruth,
	photographFinder,
} from "@dinoseg/node/datasets";
import type { Job } from "./job.ts";

const FOLDER = fileURLToPath(new URL("../../../shared/datasets/", import.meta.url));

/** The data sets that are measured. */
export const MEASURED = ["bsds", "camvid", "coco"] as const satisfies readonly DatasetName[];
export type Measured = (typeof MEASURED)[number];

/** Where each lies beside the others. */
export const FOLDERS: Readonly<Record<Measured, string>> = {
	bsds: "bsds-val",
	camvid: "camvid-mini",
	coco: "coco-mini",
};

/** An image with its truth, and nothing to do yet. */
export type TruthImage = Omit<Job, "tasks"> & { readonly dataset: Measured };

/** @returns the images of a data set in the order of their ids; none where its folder is not there. */
export async function imagesOf(dataset: Measured): Promise<readonly TruthImage[]> {
	const folder = join(FOLDER, FOLDERS[dataset]);
	if (!existsSync(folder)) {
		return [];
	}
	const truth = await findTruth(folder, dataset);
	const find = await photographFinder(folder, truth);
	const { kind, ignoreLabel }: DatasetLayout = DATASET_LAYOUTS[dataset];
	return Promise.all(
		truth.map(async ({ id, files }) => ({
			id,
			dataset,
			photograph: await find(id),
			truth: files,
			reading: { kind, ignoreLabel },
		})),
	);
}
