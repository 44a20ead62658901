import type { Kernels } from "@dinoseg/kernels";
import { STAGES } from "../events.ts";
import { segmentPixels } from "../labels/background.ts";
import type { LabelMap } from "../labels/label-map.ts";
import { segmentStatistics } from "../labels/statistics.ts";
import type { InputIdentity, ModelIdentity, SegmentResult, Timings } from "../result/index.ts";
import type { Segmentation, StageRecorder } from "../segment/index.ts";
import type { TokenGrid } from "../tensor/index.ts";
import type { Begun, SegmentInput } from "./begun.ts";
import { copyTokens } from "./clean-tokens.ts";

/** A segmentation, and all that is known beside it. */
export async function makeResult(
	identity: ModelIdentity,
	{ source, blurred, loadMs, tokens }: Pick<SegmentInput, "source" | "blurred" | "loadMs" | "tokens">,
	segmentation: Segmentation,
	{ kernels, recorder, settings }: Begun,
): Promise<SegmentResult> {
	const segments = await recorder.run("render", () =>
		segmentStatistics(segmentation.labels, source.image, kernels.check),
	);
	let ownTokens: TokenGrid | undefined;
	const { sha256, path, page, image, georeference, stretch } = source;
	const pixelSize = settings.pixelSize === "auto" ? source.pixelSize : settings.pixelSize;
	return {
		...segmentation,
		input: {
			path,
			sha256,
			width: image.width,
			height: image.height,
			...(page ? { page } : {}),
			...(stretch ? { stretch } : {}),
			...(georeference ? { georeference } : {}),
			...(pixelSize ? { pixelSize } : {}),
			...describeNoData(segmentation.labels, kernels.check),
		},
		model: identity,
		options: settings,
		image,
		blurred,
		// The engine keeps its own to itself: callers may write to theirs.
		tokens() {
			ownTokens ??= copyTokens(tokens());
			return ownTokens;
		},
		segments,
		warnings: recorder.warnings,
		timings: completeTimings(recorder.timings, loadMs),
	};
}

/** What is known of the pixels that belong to no segment, where there are any. */
export function describeNoData(labels: LabelMap, check: Kernels["check"]): Pick<InputIdentity, "noData"> {
	const { background, data } = labels;
	return background === undefined
		? {}
		: { noData: { id: background, pixels: data.length - segmentPixels(labels, check) } };
}

/** All stages in their order, those that did not run with 0. */
function completeTimings(timings: StageRecorder["timings"], load: number): Timings {
	const stages = Object.fromEntries(STAGES.map((stage) => [stage, timings[stage] ?? 0]));
	const total = Object.values(stages).reduce((sum, value) => sum + value, 0);
	return { load, ...stages, total } as Timings;
}
