import type { RgbImage } from "@dinoseg/core/image";
import type { PartPatch, Scene } from "../session/scene.ts";

/** What the page itself holds of a picture's pixels: for drawing them, and for saying what lies under the pointer. */
export interface PictureModel {
	readonly photograph: RgbImage;
	/** Part of each pixel. Shape (height, width). */
	readonly parts: Uint16Array;
	/** Segment of each part. Shape (parts,). */
	table: Uint16Array;
}

export function createPictureModel(photograph: RgbImage): PictureModel {
	return { photograph, parts: new Uint16Array(photograph.width * photograph.height), table: new Uint16Array(1) };
}

/** Take over what a scene changed. */
export function updateModel(model: PictureModel, { patches, table }: Pick<Scene, "patches" | "table">): void {
	for (const patch of patches) {
		copyPatch(model, patch);
	}
	model.table = table;
}

function copyPatch({ parts, photograph }: PictureModel, { rect, data }: PartPatch): void {
	if (rect.width === photograph.width) {
		parts.set(data, rect.y * rect.width);
		return;
	}
	for (let row = 0; row < rect.height; row++) {
		const from = row * rect.width;
		parts.set(data.subarray(from, from + rect.width), (rect.y + row) * photograph.width + rect.x);
	}
}

/** The segment at a place of the picture, pixels; undefined outside, and where there is none. */
export function segmentAt(
	{ photograph, parts, table }: PictureModel,
	x: number,
	y: number,
	background?: number,
): number | undefined {
	const [column, row] = [Math.floor(x), Math.floor(y)];
	if (column < 0 || row < 0 || column >= photograph.width || row >= photograph.height) {
		return undefined;
	}
	const segment = table[parts[row * photograph.width + column]];
	return segment === background ? undefined : segment;
}
