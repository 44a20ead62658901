import { Option } from "commander";

/** `measure`: tell how much flickers. `steady`: average each frame with those beside it, and tell it too. */
const FRAMES = ["measure", "steady"] as const;
export type FramesKind = (typeof FRAMES)[number];

/** The flag that makes frames of images. */
export const framesFlag = (): Option =>
	new Option(
		"--frames <kind>",
		"images of a folder, and pages of a file, are frames in their order: tell how much flickers (measure), or also average each with the one before and after it (steady)",
	).choices(FRAMES);
