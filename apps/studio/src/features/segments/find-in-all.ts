import { type PictureModel, segmentAt } from "../../app/picture-model.ts";
import { segmentsOf } from "../../app/segment-actions.ts";
import { activePicture, setState, stateOf, updatePicture } from "../../app/store.ts";
import { say, sayError } from "../../app/toasts.ts";
import { sessionOf, showScene } from "../../app/work.ts";

/** Fewest clusters of a codebook: with too few, unlike things are one. */
const LEAST_CLUSTERS = 6;
const MOST_CLUSTERS = 24;

/** Give all pictures the clusters of one codebook, and select in each what the selected segment became. */
export async function findInAll(): Promise<void> {
	const picture = activePicture();
	const chosen = stateOf().selection.at(-1);
	if (picture?.model === undefined || chosen === undefined) {
		return;
	}
	const inside = middleOf(picture.model, chosen);
	const ready = stateOf().pictures.filter(({ scene }) => scene !== undefined);
	const clusters = Math.max(LEAST_CLUSTERS, Math.min(MOST_CLUSTERS, segmentsOf().length));
	for (const { id } of ready) {
		updatePicture(id, { status: { type: "working", what: "Looking in all pictures" } });
	}
	try {
		const scenes = await sessionOf().call("findInAll", [ready.map(({ id }) => id), clusters]);
		scenes.forEach((scene, index) => {
			showScene(ready[index].id, scene);
		});
		const found = inside && segmentAt(picture.model, inside.x, inside.y);
		if (found !== undefined) {
			const where = scenes.filter(({ segments }) => segments.some(({ id }) => id === found)).length;
			setState({ selection: [found] });
			say(
				`It is in ${where} of ${ready.length} pictures: segment ${found} has the same name and colour in all of them.`,
			);
		}
	} catch (error) {
		for (const { id } of ready) {
			updatePicture(id, { status: { type: "ready" } });
		}
		sayError(error);
	}
}

/** A pixel in the middle of those that a segment has, in raster order. */
function middleOf({ parts, table, photograph }: PictureModel, segment: number) {
	const has = (part: number): boolean => table[part] === segment;
	const count = parts.reduce((sum, part) => sum + (has(part) ? 1 : 0), 0);
	let seen = 0;
	const middle = parts.findIndex((part) => has(part) && seen++ === count >> 1);
	return middle < 0
		? undefined
		: { x: (middle % photograph.width) + 0.5, y: Math.floor(middle / photograph.width) + 0.5 };
}
