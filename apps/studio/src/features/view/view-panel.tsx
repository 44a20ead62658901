import type { SegmentKind } from "@dinoseg/core/options";
import { Columns4 } from "lucide";
import { showExplanation } from "../../app/segment-actions.ts";
import { activePicture, DEFAULT_VIEW, setState, stateOf, useStudio, type ViewState } from "../../app/store.ts";
import { Choice } from "../../ui/choice.tsx";
import { Icon } from "../../ui/icon.tsx";
import { Slider } from "../../ui/slider.tsx";

/** What can be laid over the picture. */
interface LayerChoice {
	readonly value: NonNullable<ViewState["layerKind"]> | "none";
	readonly label: string;
	/** @default both kinds of segments have it */
	readonly only?: SegmentKind;
}

const LAYERS: readonly LayerChoice[] = [
	{ value: "none", label: "Nothing" },
	{ value: "patches", label: "Patches of the network" },
	{ value: "components", label: "Principal components as colours" },
	{ value: "confidence", label: "Confidence" },
	{ value: "borders", label: "Borders of the region tree", only: "regions" },
	{ value: "similarity", label: "Likeness to the selection" },
];

/** Change how the picture is drawn. */
export function changeView(change: Partial<ViewState>): void {
	setState(({ view }) => ({ view: { ...view, ...change } }));
}

function chooseLayer(layer: (typeof LAYERS)[number]["value"]): void {
	changeView({ layerKind: layer === "none" ? undefined : layer });
	if (layer === "similarity") {
		void showExplanation();
	} else {
		setState({ explanation: undefined });
	}
}

/** Outlines alone, or colours again. */
export function toggleOutlines(): void {
	const { fill } = stateOf().view;
	changeView(fill === 0 ? { fill: DEFAULT_VIEW.fill } : { fill: 0, outlines: 1 });
}

/** The ground alone on the left half, or everywhere everything again. */
export function toggleWipe(): void {
	changeView({ wipe: stateOf().view.wipe === undefined ? 0.5 : undefined });
}

/** What is drawn of the picture and its segments. */
export function ViewPanel() {
	const view = useStudio((state) => state.view);
	const isExplained = useStudio((state) => state.explanation !== undefined);
	// What the key shows is a layer, too.
	const layer = isExplained ? "similarity" : view.layerKind;
	const kind = useStudio((state) => (activePicture(state) ?? state).settings.options.segments);
	const layers = LAYERS.filter(({ only }) => only === undefined || only === kind);
	const percent = (value: number): string => `${Math.round(100 * value)} %`;
	return (
		<div className="panel-body">
			<Choice
				label="Ground"
				value={view.ground}
				options={[
					{ value: "photograph", label: "Photograph" },
					{ value: "denoised", label: "Denoised" },
					{ value: "none", label: "None" },
				]}
				onChange={(ground) => changeView({ ground })}
			/>
			<Slider
				label="Overlay"
				value={Math.round(100 * view.overlay)}
				min={0}
				max={100}
				text={percent(view.overlay)}
				onChange={(value) => changeView({ overlay: value / 100 })}
			/>
			<Slider
				label="Colours"
				value={Math.round(100 * view.fill)}
				min={0}
				max={100}
				text={percent(view.fill)}
				onChange={(value) => changeView({ fill: value / 100 })}
			/>
			<Slider
				label="Outlines"
				value={Math.round(100 * view.outlines)}
				min={0}
				max={100}
				text={percent(view.outlines)}
				onChange={(value) => changeView({ outlines: value / 100 })}
			/>
			<div className="field">
				<label className="field-head" htmlFor="layer">
					Lay over it
				</label>
				<select
					id="layer"
					value={layers.find(({ value }) => value === layer)?.value ?? "none"}
					onChange={({ currentTarget }) =>
						chooseLayer(layers.find(({ value }) => value === currentTarget.value)?.value ?? "none")
					}
				>
					{layers.map(({ value, label }) => (
						<option key={value} value={value}>
							{label}
						</option>
					))}
				</select>
			</div>
			{layer ? (
				<Slider
					label="Opacity of the layer"
					value={Math.round(100 * view.layer)}
					min={0}
					max={100}
					text={percent(view.layer)}
					onChange={(value) => changeView({ layer: value / 100 })}
				/>
			) : undefined}
			<label className="switch-row">
				<input type="checkbox" checked={view.wipe !== undefined} onChange={toggleWipe} />
				Compare side by side
			</label>
			<button type="button" className="button" onClick={() => setState({ dialog: "figure" })}>
				<Icon of={Columns4} />
				The four panels of the figure
			</button>
		</div>
	);
}
