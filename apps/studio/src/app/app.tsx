import { Tooltip } from "radix-ui";
import { lazy, Suspense, useEffect } from "react";
import { Filmstrip } from "../features/filmstrip/filmstrip.tsx";
import { KeysDialog } from "../features/help/keys-dialog.tsx";
import { Toasts } from "../features/messages/toasts.tsx";
import { TokenDialog } from "../features/messages/token-dialog.tsx";
import { CameraDialog } from "../features/open/camera-dialog.tsx";
import { DropZone } from "../features/open/drop-zone.tsx";
import { Welcome } from "../features/open/welcome.tsx";
import { Stage } from "../features/stage/stage.tsx";
import { ToolRail } from "../features/tools/tool-rail.tsx";
import { FigureDialog } from "../features/view/figure-dialog.tsx";
import { connect } from "./pictures.ts";
import { SidePanel } from "./side-panel.tsx";
import { useStudio } from "./store.ts";
import { TopBar } from "./top-bar.tsx";
import { useKeys } from "./use-keys.ts";

/** Only who exports loads what formats are made of. */
const ExportDialog = lazy(async () => ({
	default: (await import("../features/export/export-dialog.tsx")).ExportDialog,
}));

/** The whole page. */
export function App() {
	const hasPictures = useStudio((state) => state.pictures.length > 0);
	const dialog = useStudio((state) => state.dialog);
	useKeys();
	useEffect(() => void connect(), []);
	return (
		<Tooltip.Provider delayDuration={500}>
			<DropZone>
				<div className={`studio${hasPictures ? "" : " is-empty"}`}>
					<TopBar />
					<main className="main">
						{hasPictures ? (
							<>
								<ToolRail />
								<Stage />
								<SidePanel />
								<Filmstrip />
							</>
						) : (
							<Welcome />
						)}
					</main>
				</div>
			</DropZone>
			{dialog === "export" ? (
				<Suspense>
					<ExportDialog />
				</Suspense>
			) : undefined}
			{dialog === "figure" ? <FigureDialog /> : undefined}
			{dialog === "keys" ? <KeysDialog /> : undefined}
			{dialog === "camera" ? <CameraDialog /> : undefined}
			{dialog === "token" ? <TokenDialog /> : undefined}
			<Toasts />
		</Tooltip.Provider>
	);
}
