import type { DinosegError } from "@dinoseg/core/errors";

/** One thing to do. */
export interface BatchItem {
	/** Its name in the batch, on every machine: a path with forward slashes. */
	readonly path: string;
	/** What it is made of, on this machine: items of one path and two sources are a conflict. */
	readonly source: string;
}

/** A part of the input that cannot be searched. */
export interface BatchGap {
	readonly error: DinosegError;
}
