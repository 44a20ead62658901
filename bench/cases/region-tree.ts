import { colorGradient } from "@dinoseg/core/image";
import { buildRegionTree, cutIntoRegions, cutPicture, describeSuperpixels } from "@dinoseg/core/regions";
import type { Kernels } from "@dinoseg/kernels";
import type { BenchCase, BenchGroup } from "../harness/bench-case.ts";
import type { ArrayStore } from "../inputs/array-store.ts";
import { isLarge, type Megapixels, picture, TOKENS_OF_PICTURES } from "../inputs/pictures.ts";
import { asMatrix, scores } from "../inputs/tokens.ts";

const SIZES = ["0.3", "0.5", "2", "12", "48"] as const satisfies readonly Megapixels[];
const REGIONS = 12;

async function inputs(store: ArrayStore, kernels: Kernels, size: Megapixels) {
	const { image, stored } = await picture(store, size);
	return { image, stored, points: asMatrix(await scores(store, kernels, "1369 × 384")) };
}

const grow: BenchGroup = {
	name: "region-tree",
	title: "Superpixels and region tree",
	about:
		"From an RGB picture and the scores of 37 × 37 tokens to the tree. scikit-image: `felzenszwalb` of the picture alone, scale 100, sigma 0.8, at least 150 pixels: superpixels without a tree.",
	python: "scikit-image",
	cases: SIZES.map(
		(size): BenchCase => ({
			name: `${size} MP`,
			isLarge: isLarge(size),
			// Takes minutes.
			skip: size === "12" || size === "48" ? ["python"] : [],
			async prepare(store, kernels) {
				const { image, stored, points } = await inputs(store, kernels, size);
				return {
					ours(build) {
						const { working, colors, areas } = cutPicture(build, image);
						const features = describeSuperpixels(build, working, colors, points, TOKENS_OF_PICTURES);
						const { leaves } = buildRegionTree(build, working, { features, gradient: colorGradient(colors), areas });
						return () => leaves;
					},
					python: { task: "felzenszwalb", arrays: { pixels: stored } },
				};
			},
		}),
	),
};

const cut: BenchGroup = {
	name: "region-cut",
	title: "Another cut of the tree",
	about: `From the tree to the table of ${REGIONS} regions. The pixels stay.`,
	cases: (["0.3", "12"] as const).map(
		(size): BenchCase => ({
			name: `${size} MP`,
			isLarge: isLarge(size),
			async prepare(store, kernels) {
				const { image, points } = await inputs(store, kernels, size);
				const { working, colors, areas } = cutPicture(kernels, image);
				const features = describeSuperpixels(kernels, working, colors, points, TOKENS_OF_PICTURES);
				const tree = buildRegionTree(kernels, working, { features, gradient: colorGradient(colors), areas });
				return {
					ours() {
						const table = cutIntoRegions(tree, REGIONS);
						return () => table.length;
					},
				};
			},
		}),
	),
};

export const regionGroups: readonly BenchGroup[] = [grow, cut];
