import type { SegmentationEvent, Stage } from "@dinoseg/core";
import type { SegmentResult } from "@dinoseg/core/result";
import type { Kernels } from "@dinoseg/kernels";
import type { Engine, EngineImage, EngineTokens } from "../engine/engine.ts";
import { type Analysis, type AnalysisPorts, createAnalysis } from "./analysis/create-analysis.ts";
import type { Settings } from "./scene.ts";
import type { SessionCall } from "./session-api.ts";
import { resultKey, tokensKey } from "./settings-keys.ts";

export interface PictureSourceOptions extends AnalysisPorts {
	readonly file: File;
	readonly image: EngineImage;
	readonly kernels: Kernels;
	/** Looked up each time: after another token it is another one. */
	engine(): Engine;
}

/** What is made of a picture by settings alone. The last of each kind is kept. */
export interface PictureSource {
	readonly analysis: Analysis;
	/** @throws DinosegError of the engine */
	tokensOf(settings: Settings, call: SessionCall): Promise<EngineTokens>;
	/** @throws DinosegError of the engine; as `Analysis.segment` */
	resultOf(settings: Settings, call: SessionCall): Promise<SegmentResult>;
	/** Forget what can be made anew without the network. */
	rest(): void;
}

/** How the page calls stages. */
const STAGE_NAMES: Partial<Readonly<Record<Stage, string>>> = {
	median: "Denoising",
	pca: "Finding principal components",
	kmeans: "Clustering",
	superpixels: "Cutting into superpixels",
	regions: "Growing regions",
	smooth: "Smoothing",
};

export function createPictureSource({ file, image, kernels, engine, ...ports }: PictureSourceOptions): PictureSource {
	const analyse = (): Analysis => createAnalysis(kernels, { ...image, path: file.name }, ports);
	let analysis = analyse();
	let tokens: { readonly key: string; readonly value: EngineTokens } | undefined;
	let result: { readonly key: string; readonly value: SegmentResult } | undefined;

	const tokensOf = async (settings: Settings, call: SessionCall): Promise<EngineTokens> => {
		const key = tokensKey(settings);
		if (tokens?.key === key) {
			return tokens.value;
		}
		call.onEvent?.({ type: "progress", what: "Looking at the picture" });
		const value = await engine().tokens(image, file, settings, { signal: call.signal });
		tokens = { key, value };
		return value;
	};

	return {
		get analysis() {
			return analysis;
		},
		tokensOf,
		async resultOf(settings, call) {
			const key = resultKey(settings);
			if (result?.key === key) {
				return result.value;
			}
			const areThere = tokens?.key === tokensKey(settings);
			const [found] = await Promise.all([
				tokensOf(settings, call),
				areThere ? undefined : analysis.foresee(settings, { signal: call.signal }),
			]);
			const value = await analysis.segment(found, settings, { signal: call.signal, onEvent: translate(call) });
			result = { key, value };
			return value;
		},
		rest() {
			analysis = analyse();
			result = undefined;
		},
	};
}

/** Stages, as the page tells them. */
function translate({ onEvent }: SessionCall): (event: SegmentationEvent) => void {
	return (event) => {
		if (event.type === "warning") {
			onEvent?.({ type: "warning", message: event.warning.message });
		} else if (event.type === "stage-start") {
			const what = STAGE_NAMES[event.stage];
			if (what !== undefined) {
				onEvent?.({ type: "progress", what });
			}
		}
	};
}
