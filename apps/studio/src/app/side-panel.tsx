import { Tabs } from "radix-ui";
import { SegmentsPanel } from "../features/segments/segments-panel.tsx";
import { ShapePanel } from "../features/shape/shape-panel.tsx";
import { ViewPanel } from "../features/view/view-panel.tsx";
import { type PanelName, setState, useStudio } from "./store.ts";

const show = (panel: string): void => setState({ panel: panel as PanelName });

/** What decides the segments, the segments themselves, and how they are drawn. */
export function SidePanel() {
	const panel = useStudio((state) => state.panel);
	return (
		<aside className="side-panel" aria-label="Settings">
			<Tabs.Root value={panel} onValueChange={show} className="tabs">
				<Tabs.List className="tab-list" aria-label="Panels">
					<Tabs.Trigger value="shape">Shape</Tabs.Trigger>
					<Tabs.Trigger value="segments">Segments</Tabs.Trigger>
					<Tabs.Trigger value="view">View</Tabs.Trigger>
				</Tabs.List>
				<Tabs.Content value="shape" tabIndex={-1}>
					<ShapePanel />
				</Tabs.Content>
				<Tabs.Content value="segments" tabIndex={-1}>
					<SegmentsPanel />
				</Tabs.Content>
				<Tabs.Content value="view" tabIndex={-1}>
					<ViewPanel />
				</Tabs.Content>
			</Tabs.Root>
		</aside>
	);
}
