import { Plus, TriangleAlert, X } from "lucide";
import { closePicture, showPicture } from "../../app/pictures.ts";
import { stateOf, useStudio } from "../../app/store.ts";
import { Icon } from "../../ui/icon.tsx";
import { chooseFiles } from "../open/open-files.ts";

/** Show the picture before or after this one. */
export function showBeside(step: 1 | -1): void {
	const { pictures, activeId } = stateOf();
	const at = pictures.findIndex(({ id }) => id === activeId);
	const next = pictures[at + step];
	if (next) {
		showPicture(next.id);
	}
}

/** All open pictures. */
export function Filmstrip() {
	const pictures = useStudio((state) => state.pictures);
	const activeId = useStudio((state) => state.activeId);
	return (
		<nav className="filmstrip" aria-label="Open pictures">
			<ul>
				{pictures.map(({ id, file, thumbnail, status }) => (
					<li key={id} className={id === activeId ? "is-active" : ""}>
						<button
							type="button"
							className="frame"
							aria-current={id === activeId ? "true" : undefined}
							aria-label={`${file.name}${status.type === "failed" ? ", failed" : status.type === "working" ? ", working" : ""}`}
							onClick={() => showPicture(id)}
						>
							{thumbnail ? <img src={thumbnail} alt="" /> : <span className="frame-empty" />}
							{status.type === "working" ? <span className="frame-working" /> : undefined}
							{status.type === "failed" ? <Icon of={TriangleAlert} className="frame-failed" /> : undefined}
							<span className="frame-name">{file.name}</span>
						</button>
						<button
							type="button"
							className="frame-close"
							aria-label={`Close ${file.name}`}
							onClick={() => void closePicture(id)}
						>
							<Icon of={X} />
						</button>
					</li>
				))}
				<li>
					<button type="button" className="frame-add" aria-label="Open more pictures" onClick={chooseFiles}>
						<Icon of={Plus} />
					</button>
				</li>
			</ul>
		</nav>
	);
}
