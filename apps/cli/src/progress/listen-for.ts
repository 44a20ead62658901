import type { SegmentationListener } from "@dinoseg/core";
import type { RunLog } from "./run-log.ts";

/** Tells the stages and warnings of one input. */
export function listenFor({ tell }: RunLog, input: string): SegmentationListener {
	return (event) => {
		if (event.type === "stage-start") {
			tell({ type: "image-stage", input, stage: event.stage });
		} else if (event.type === "warning") {
			tell({ type: "warning", input, warning: event.warning });
		}
	};
}
