import { openFiles } from "../../app/pictures.ts";
import { activePicture, setState, stateOf } from "../../app/store.ts";
import { say, sayError } from "../../app/toasts.ts";

import { callScene, showScene } from "../../app/work.ts";
import { isLabelFile } from "./label-file.ts";

/** Formats that the file chooser offers. */
const ACCEPTED = "image/*,.tif,.tiff,.heic,.avif,.json";

/**
 * Open what a person dropped, pasted or chose: pictures go to the filmstrip; a `labels.png`, `segments.json` or COCO
 * file goes to the picture beside it, or to the one that is shown.
 */
export async function takeFiles(files: readonly File[]): Promise<void> {
	const labels = files.filter(({ name }) => isLabelFile(name));
	const pictures = files.filter((file) => !labels.includes(file));
	const before = new Set(stateOf().pictures.map(({ id }) => id));
	try {
		const opening = openFiles(pictures);
		const first = stateOf().pictures.find(({ id }) => !before.has(id));
		if (first) {
			setState({ activeId: first.id, selection: [], explanation: undefined });
		}
		const target = activePicture()?.id;
		await opening;
		if (labels.length > 0) {
			await takeLabels(target, labels);
		}
	} catch (error) {
		sayError(error);
	}
}

/** @param id of the picture that they are for, whichever is shown meanwhile. */
async function takeLabels(id: string | undefined, labels: readonly File[]): Promise<void> {
	const named = await Promise.all(
		labels.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
	);
	const { name } = labels[0];
	const picture = stateOf().pictures.find((entry) => entry.id === id);
	if (id !== undefined && picture === undefined) {
		say(`${name} was not opened: its picture was closed meanwhile. Open both together again.`, "warning");
	} else if (id === undefined || picture?.scene === undefined) {
		say(`${name} has segments, but there is no picture for them. Open the photograph with it.`, "warning");
	} else {
		showScene(id, await callScene(id, "openLabels", [id, named]));
	}
}

/** Let a person choose files. */
export function chooseFiles(): void {
	const input = document.createElement("input");
	input.type = "file";
	input.multiple = true;
	input.accept = ACCEPTED;
	input.addEventListener("change", () => void takeFiles([...(input.files ?? [])]));
	input.click();
}
