import { SegmentsPanel } from "../features/segments/segments-panel.tsx";
import { ShapePanel } from "../features/shape/shape-panel.tsx";
import { ViewPanel } from "../features/view/view-panel.tsx";
import { type PanelName, setState, useStudio } from "./store.ts";

const PANELS = {
	shape: { title: "Shape", Panel: ShapePanel },
	segments: { title: "Segments", Panel: SegmentsPanel },
	view: { title: "View", Panel: ViewPanel },
} as const;
const NAMES = Object.keys(PANELS) as PanelName[];

/** The panel that a key leads to from another one; undefined for other keys. */
function panelBeside(panel: PanelName, key: string): PanelName | undefined {
	const at = NAMES.indexOf(panel);
	const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[key];
	return next === undefined ? undefined : NAMES.at(next % NAMES.length);
}

/** What decides the segments, the segments themselves, and how they are drawn. */
export function SidePanel() {
	const panel = useStudio((state) => state.panel);
	const { Panel } = PANELS[panel];
	return (
		<aside className="side-panel" aria-label="Settings">
			<div className="tab-list" role="tablist" aria-label="Panels">
				{NAMES.map((name) => (
					<button
						key={name}
						id={`tab-${name}`}
						type="button"
						role="tab"
						aria-selected={name === panel}
						aria-controls="panel"
						tabIndex={name === panel ? 0 : -1}
						onClick={() => setState({ panel: name })}
						onKeyDown={(event) => {
							const next = panelBeside(name, event.key);
							if (next !== undefined) {
								event.preventDefault();
								setState({ panel: next });
								document.getElementById(`tab-${next}`)?.focus();
							}
						}}
					>
						{PANELS[name].title}
					</button>
				))}
			</div>
			<div id="panel" role="tabpanel" aria-labelledby={`tab-${panel}`} tabIndex={-1}>
				<Panel />
			</div>
		</aside>
	);
}
