import { Tabs } from "radix-ui";
import { SegmentsPanel } from "../features/segments/segments-panel.tsx";
import { ShapePanel } from "../features/shape/shape-panel.tsx";
import { ViewPanel } from "../features/view/view-panel.tsx";

/** What decides the segments, the segments themselves, and how they are drawn. */
export function SidePanel() {
	return (
		<aside className="side-panel" aria-label="Settings">
			<Tabs.Root defaultValue="shape" className="tabs">
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
