import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
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
import { Tips } from "../ui/tips.tsx";
import { connect } from "./pictures.ts";
import { SidePanel } from "./side-panel.tsx";
import { setState, useStudio } from "./store.ts";
import { sayError } from "./toasts.ts";
import { TopBar } from "./top-bar.tsx";
import { useKeys } from "./use-keys.ts";

/** The whole page. */
export function App() {
	const hasPictures = useStudio((state) => state.pictures.length > 0);
	const dialog = useStudio((state) => state.dialog);
	useKeys();
	useEffect(() => void connect(), []);
	return (
		<>
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
			{dialog === "export" ? <LoadedExport /> : undefined}
			{dialog === "figure" ? <FigureDialog /> : undefined}
			{dialog === "keys" ? <KeysDialog /> : undefined}
			{dialog === "camera" ? <CameraDialog /> : undefined}
			{dialog === "token" ? <TokenDialog /> : undefined}
			<Toasts />
			<Tips />
		</>
	);
}

/** Only who exports loads what formats are made of. */
function LoadedExport() {
	const [Dialog, setDialog] = useState<ComponentType>();
	useEffect(() => {
		import("../features/export/export-dialog.tsx").then(
			({ ExportDialog }) => setDialog(() => ExportDialog),
			(error) => {
				setState({ dialog: undefined });
				sayError(error);
			},
		);
	}, []);
	return Dialog ? <Dialog /> : undefined;
}
