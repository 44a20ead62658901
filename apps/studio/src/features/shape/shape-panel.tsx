import {
	DEFAULT_OPTIONS,
	optionsFor,
	resolveOptions,
	type SegmentationOptions,
	type SegmentKind,
} from "@dinoseg/core/options";
import { Blend, Grid2x2, RotateCcw } from "lucide";
import { useRef } from "preact/hooks";
import { MOST_CLUSTERS } from "../../app/cluster-limit.ts";
import { activePicture, useStudio } from "../../app/store.ts";
import { changeSettings, newGesture } from "../../app/work.ts";
import { Choice } from "../../ui/choice.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Slider } from "../../ui/slider.tsx";
import { ModelMenu } from "../models/model-menu.tsx";
import { Curve } from "./curve.tsx";

const MOST_MEDIAN = 21;
/** Shares of the picture, per mille. */
const MOST_AREA = 50;

/** How the picture is segmented. */
export function ShapePanel() {
	const picture = useStudio(activePicture);
	const fallback = useStudio((state) => state.settings);
	const { options } = picture?.settings ?? fallback;
	const scene = picture?.scene;
	const gesture = useRef(newGesture());
	const segments = scene?.segments.length ?? 0;

	/** @param isSettled the next change is a step of its own. */
	const set = (change: Partial<SegmentationOptions>, isSettled = true): void => {
		changeSettings((settings) => ({ ...settings, options: { ...settings.options, ...change } }), gesture.current);
		if (isSettled) {
			gesture.current = newGesture();
		}
	};

	const isRegions = options.segments === "regions";
	// One region is there at every detail: it would only flatten the curve.
	const curve = (scene?.choice?.curve ?? []).filter(({ clusters }) => !isRegions || clusters > 1);
	const median = options.median === 0 ? 1 : options.median;
	const pca = typeof options.pca === "number" && options.pca < 1 ? options.pca : 0.99;
	const share = "share" in options.minArea ? options.minArea.share * 1000 : 0;

	return (
		<div className="panel-body">
			<Choice
				label="What a segment is"
				value={options.segments}
				options={[
					{ value: "regions", label: "Regions", icon: <Icon of={Blend} /> },
					{ value: "clusters", label: "Clusters", icon: <Icon of={Grid2x2} /> },
				]}
				onChange={(kind) => set(optionsOfKind(kind, options))}
			/>
			<p className="hint">
				{isRegions
					? "Connected areas with the borders of the photograph."
					: "Everything that is alike, wherever it lies in the picture."}
			</p>

			{isRegions ? (
				<Slider
					label="Detail"
					value={options.detail}
					min={0}
					max={100}
					text={scene ? `${segments} regions` : String(options.detail)}
					ends={["coarse", "fine"]}
					onChange={(detail, isSettled) => set({ detail, clusters: "auto" }, isSettled)}
				/>
			) : (
				<Slider
					label="Number of clusters"
					value={typeof options.clusters === "number" ? options.clusters : Math.max(1, segments)}
					min={1}
					max={MOST_CLUSTERS}
					text={options.clusters === "auto" ? `auto: ${segments}` : String(segments || options.clusters)}
					aside={
						<button
							type="button"
							className="chip"
							aria-pressed={options.clusters === "auto"}
							onClick={() => set({ clusters: options.clusters === "auto" ? Math.max(1, segments) : "auto" })}
						>
							auto
						</button>
					}
					onChange={(clusters, isSettled) => set({ clusters }, isSettled)}
				/>
			)}
			{curve.length > 1 ? (
				<Curve
					label={
						isRegions
							? "Detail at which each number of regions appears"
							: "How far apart the two most alike clusters are"
					}
					points={curve.map(({ clusters, value }) => ({ x: clusters, y: value }))}
					at={scene?.choice?.clusters}
					describe={({ x, y }) =>
						isRegions ? `${x} regions from detail ${y.toFixed(0)} on` : `${x} clusters: separation ${y.toFixed(2)}`
					}
					// A number of regions leaves nothing for the detail to decide.
					onPick={(clusters) => set({ clusters, detail: DEFAULT_OPTIONS.detail })}
				/>
			) : undefined}

			<details className="more">
				<summary>Fine tuning</summary>
				<Slider
					label="Median blur"
					value={median}
					min={1}
					max={MOST_MEDIAN}
					step={2}
					text={median === 1 ? "off" : `${median} px`}
					onChange={(value, isSettled) => set({ median: value === 1 ? 0 : value }, isSettled)}
				/>
				<Slider
					label="PCA variance"
					value={Math.round(pca * 1000)}
					min={500}
					max={999}
					text={`${(pca * 100).toFixed(1)} %${scene?.explainedVariance ? `, ${scene.explainedVariance.length} components` : ""}`}
					onChange={(value, isSettled) => set({ pca: value / 1000 }, isSettled)}
				/>
				{scene?.explainedVariance ? (
					<Curve
						label="Explained variance of the components that are kept"
						points={cumulated(scene.explainedVariance)}
						at={scene.explainedVariance.length}
						describe={({ x, y }) => `${x} components explain ${(100 * y).toFixed(1)} %`}
					/>
				) : undefined}
				<Slider
					label="Smallest area"
					value={Math.round(share)}
					min={0}
					max={MOST_AREA}
					text={share === 0 ? "off" : `${(share / 10).toFixed(1)} % of the picture`}
					onChange={(value, isSettled) => set({ minArea: { share: value / 1000 } }, isSettled)}
				/>
				<ModelMenu />
				<button
					type="button"
					className="quiet-button"
					onClick={() => set({ ...DEFAULT_OPTIONS, segments: options.segments })}
				>
					<Icon of={RotateCcw} />
					Back to the defaults
				</button>
			</details>
		</div>
	);
}

/** Options with another kind of segments: what decides nothing about it must have its default there. */
function optionsOfKind(segments: SegmentKind, options: SegmentationOptions): SegmentationOptions {
	const { clusters: _, ...kept } = optionsFor(segments, options);
	return resolveOptions({ ...kept, segments });
}

function cumulated(shares: readonly number[]) {
	let sum = 0;
	return shares.map((share, index) => {
		sum += share;
		return { x: index + 1, y: sum };
	});
}
