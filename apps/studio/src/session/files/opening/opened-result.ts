import { DinosegError } from "@dinoseg/core/errors";
import type { LabelMap } from "@dinoseg/core/labels";
import type { SceneSegment, Settings } from "../../scene.ts";

/** A segmentation from files. */
export interface OpenedResult {
	/** With a background where pixels belong to no segment. */
	readonly labels: LabelMap;
	/** Those that have pixels, by rising id. */
	readonly segments: readonly Pick<SceneSegment, "id" | "name" | "color">[];
	/** What it was made with. @default the files do not say it */
	readonly settings?: Settings | undefined;
	/** Name of the picture's file, without folders. @default the files do not say it */
	readonly imageName?: string | undefined;
	/** Digest of that file, hex. @default the files do not say it */
	readonly sha256?: string | undefined;
}

/** What the files are to fit. */
export interface OpeningOptions {
	/** Name of the picture's file: of a data set of several images its annotations are taken. @default the only image */
	readonly imageName?: string | undefined;
	/** Pixels above which a map is refused before anything is allocated. */
	readonly maxPixels: number;
}

/** What a message shows of what a file says. */
const MAX_SHOWN = 60;

/** @param problem what is wrong in the file, and what would be right. */
export function unreadable(file: string, problem: string, cause?: unknown): DinosegError {
	return new DinosegError("RESULT_INVALID", `${file}: ${problem}`, { cause, details: { file } });
}

/** A value of a file as a message shows it. */
export function shown(value: unknown): string {
	const text = JSON.stringify(value) ?? "nothing";
	return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** @throws DinosegError IMAGE_TOO_LARGE */
export function checkPixels(file: string, width: number, height: number, maxPixels: number): void {
	if (width * height > maxPixels) {
		throw new DinosegError(
			"IMAGE_TOO_LARGE",
			`${file}: has ${width} x ${height} = ${width * height} pixels, at most ${maxPixels} are allowed.`,
			{ details: { pixels: width * height, max: maxPixels } },
		);
	}
}
