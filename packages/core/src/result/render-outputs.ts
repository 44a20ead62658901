import { type Check, type Kernels, referenceKernels } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { DinosegError } from "../errors/index.ts";
import type { ExportFormatName, ExportOptions } from "../labels/exports/format-records.ts";
import { encodeIdPng } from "../labels/label-png.ts";
import { encodeRegionTree } from "../regions/index.ts";
import { type ExportedResult, exportResult } from "./export-result.ts";
import { type PngEncoder, renderResultCutout, renderResultFiles } from "./render-result.ts";
import type { SegmentResult } from "./segment-result.ts";

/** One file that can be made of a result. */
export type ResultOutput =
	/**
	 * A file of `renderResultFiles`; of regions also `superpixels.png`, the superpixel of each pixel as 16-bit grey, and
	 * `tree.bin`, what `encodeRegionTree` gives.
	 */
	| { readonly file: string }
	/** Some segments, transparent elsewhere; without ids or names the largest. */
	| { readonly cutout: { readonly pick?: readonly string[] | undefined } }
	/** `file` is the path by which the format calls the photograph. */
	| { readonly export: ExportFormatName; readonly options?: ExportOptions; readonly file?: string | undefined };

export interface RenderOutputOptions {
	readonly encodePng: PngEncoder<Uint8Array>;
	/** All builds give the same bytes; that of `loadKernels` is the fastest. @default the reference */
	readonly kernels?: Kernels;
	/** Called every some tens of milliseconds; what it throws ends the call. @default nothing */
	readonly check?: Check;
}

/**
 * Make some files of a result, in the order in which they are asked for.
 *
 * @throws DinosegError OPTION_INVALID for a file that this kind of segments does not have; as `exportResult`
 */
export async function renderOutputs(
	result: SegmentResult,
	outputs: readonly ResultOutput[],
	{ encodePng, kernels = referenceKernels, check = noCheck }: RenderOutputOptions,
): Promise<ExportedResult[]> {
	const checked = kernels.checked(check);
	const { files } = renderResultFiles(result, { encodePng, kernels, check });
	const regions = result.kind === "regions" ? result : undefined;
	const others = new Map<string, () => Promise<Uint8Array>>();
	if (regions) {
		const { superpixels } = regions;
		others.set("superpixels.png", async () => encodeIdPng(superpixels.data, superpixels.width, superpixels.height));
		others.set("tree.bin", async () => encodeRegionTree(regions));
	}
	const made: ExportedResult[] = [];
	for (const output of outputs) {
		check();
		if ("export" in output) {
			made.push(await exportResult(checked, result, output.export, output.options, output.file));
		} else if ("cutout" in output) {
			const bytes = renderResultCutout(result, output.cutout.pick, checked);
			made.push({ bytes, fileName: "cutout.png", warnings: [] });
		} else {
			const make = files.get(output.file) ?? others.get(output.file);
			if (make === undefined) {
				throw new DinosegError(
					"OPTION_INVALID",
					`${output.file}: there is no such file of ${result.kind}. There are ${[...files.keys(), ...others.keys()].join(", ")}.`,
					{ details: { option: "file", value: output.file } },
				);
			}
			made.push({ bytes: await make(), fileName: output.file, warnings: [] });
		}
	}
	return made;
}
