import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createRandom } from "@dinoseg/core";
import type { RgbImage } from "@dinoseg/core/image";
import { adjustedRandIndex, evaluateImage, meanOf } from "@dinoseg/core/metrics";
import { DEFAULT_OPTIONS } from "@dinoseg/core/options";
import { decodeImage } from "@dinoseg/node";
import { readLabels } from "@dinoseg/node/datasets";
import { createSegmenter } from "@dinoseg/node/segmenter";
import { addSaltAndPepper } from "../../../fixtures/salt-and-pepper.ts";
import { markdownTable } from "../../harness/markdown.ts";
import { progress } from "../../harness/progress.ts";
import { difference } from "../compare.ts";
import type { TruthImage } from "../data.ts";
import { DEFAULT, PAPER, REGIONS, type Setting } from "../settings.ts";
import { EXAMPLE_PHOTOGRAPHS } from "../times.ts";
import { NOISE_SEEDS } from "./measure-noise.ts";

const SHOWN: readonly Setting[] = [DEFAULT, REGIONS, PAPER];
const SALT_AND_PEPPER = 0.1;

/** Each channel of each pixel a level up, down, or as it is. */
function addGreyLevels(image: RgbImage, seed: number): RgbImage {
	const random = createRandom(seed);
	return {
		...image,
		data: image.data.map((value) => Math.max(0, Math.min(255, value + Math.floor(random.next() * 3) - 1))),
	};
}

const NOISES = [
	{
		head: "10 % salt and pepper",
		add: (image: RgbImage, seed: number) => addSaltAndPepper(image, SALT_AND_PEPPER, seed),
	},
	{ head: "± 1 grey level", add: addGreyLevels },
];

/**
 * How well maps of noisy photographs agree with those of the clean ones, for each kind of segments, and what noise does
 * to the covering. Markdown.
 *
 * @param photographs with drawn regions.
 */
export async function kindsNoiseTable(photographs: readonly TruthImage[]): Promise<string> {
	const segmenter = await createSegmenter({ cache: false });
	const labelsOf = async (image: RgbImage, { options }: Setting) => (await segmenter.segment(image, options)).labels;
	try {
		const agreements = SHOWN.map(() => NOISES.map((): number[] => []));
		for (const name of EXAMPLE_PHOTOGRAPHS) {
			const image = await decode(fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url)));
			for (const [row, setting] of SHOWN.entries()) {
				const clean = await labelsOf(image, setting);
				for (const [column, { add }] of NOISES.entries()) {
					for (const seed of NOISE_SEEDS) {
						const noisy = await labelsOf(add(image, seed), setting);
						agreements[row][column].push(adjustedRandIndex(clean.data, noisy.data));
					}
				}
			}
			progress(`noise of both kinds on ${name}`);
		}
		const coverings = SHOWN.map(() => ({ clean: [] as number[], noisy: [] as number[] }));
		for (const [at, { id, photograph, truth, reading }] of photographs.entries()) {
			const image = await decode(photograph);
			const annotations = await Promise.all(truth.map((file) => readLabels(file, Number.POSITIVE_INFINITY)));
			const coveringOf = async (picture: RgbImage, setting: Setting) => {
				const predicted = await labelsOf(picture, setting);
				return evaluateImage({ ...reading, annotations, predicted, name: id }).scores.covering as number;
			};
			const noisy = addSaltAndPepper(image, SALT_AND_PEPPER, NOISE_SEEDS[0]);
			for (const [row, setting] of SHOWN.entries()) {
				coverings[row].clean.push(await coveringOf(image, setting));
				coverings[row].noisy.push(await coveringOf(noisy, setting));
			}
			progress(`covering under noise, ${at + 1} of ${photographs.length}`);
		}
		return markdownTable(
			[
				"Setting",
				...NOISES.map(({ head }) => `agreement, ${head}`),
				"covering, clean",
				"covering, 10 % salt and pepper",
			],
			"lrrrr",
			SHOWN.map(({ name }, row) => {
				const { clean, noisy } = coverings[row];
				return [
					name,
					...agreements[row].map((values) => meanOf(values).toFixed(3)),
					meanOf(clean).toFixed(3),
					`${meanOf(noisy).toFixed(3)} ± ${difference(noisy, clean).error.toFixed(3)}`,
				];
			}),
		);
	} finally {
		await segmenter.dispose();
	}
}

async function decode(path: string): Promise<RgbImage> {
	return (await decodeImage(await readFile(path), { name: path, maxPixels: DEFAULT_OPTIONS.maxPixels })).image;
}
