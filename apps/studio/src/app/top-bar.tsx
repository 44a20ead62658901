import { Download, FolderOpen, Keyboard, Moon, Redo2, Sun, Undo2 } from "lucide";
import { useState } from "preact/hooks";
import { chooseFiles } from "../features/open/open-files.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { activePicture, setState, useStudio } from "./store.ts";
import { isDark, setDark } from "./theme.ts";
import { change } from "./work.ts";

/** The name of the picture, and what concerns all of it. */
export function TopBar() {
	const picture = useStudio(activePicture);
	const scene = picture?.scene;
	// The welcome page has a heading of its own.
	const Name = picture ? "h1" : "p";
	const [dark, setDarkState] = useState(isDark);
	const toggleTheme = (): void => {
		setDark(!dark);
		setDarkState(!dark);
	};
	return (
		<header className="top-bar">
			<a className="brand" href="./" aria-label="dinoseg studio">
				<svg viewBox="0 0 24 24" aria-hidden="true" className="mark">
					<path d="M3 3h10v8H3z" />
					<path d="M15 3h6v12h-6z" />
					<path d="M3 13h10v8H3z" />
					<path d="M15 17h6v4h-6z" />
				</svg>
				<span>dinoseg</span>
			</a>
			<Name className="picture-name">
				{picture ? picture.file.name : "studio"}
				{picture?.model ? (
					<span>
						{picture.model.photograph.width} × {picture.model.photograph.height}
					</span>
				) : undefined}
			</Name>
			<div className="top-actions">
				<IconButton
					label={scene?.undo ? `Undo: ${scene.undo}` : "Undo"}
					keys="Ctrl Z"
					disabled={scene?.undo === undefined}
					onClick={() => void change("undo")}
				>
					<Icon of={Undo2} />
				</IconButton>
				<IconButton
					label={scene?.redo ? `Redo: ${scene.redo}` : "Redo"}
					keys="Ctrl Y"
					disabled={scene?.redo === undefined}
					onClick={() => void change("redo")}
				>
					<Icon of={Redo2} />
				</IconButton>
				<span className="divider" />
				<IconButton label="Keys" keys="?" className="wide-only" onClick={() => setState({ dialog: "keys" })}>
					<Icon of={Keyboard} />
				</IconButton>
				<IconButton label={dark ? "Light colours" : "Dark colours"} onClick={toggleTheme}>
					{dark ? <Icon of={Sun} /> : <Icon of={Moon} />}
				</IconButton>
				<IconButton label="Open pictures" keys="Ctrl O" onClick={chooseFiles}>
					<Icon of={FolderOpen} />
				</IconButton>
				<button
					type="button"
					className="button is-main"
					aria-label="Export"
					disabled={scene === undefined}
					onClick={() => setState({ dialog: "export" })}
				>
					<Icon of={Download} />
					<span>Export</span>
				</button>
			</div>
		</header>
	);
}
