import { performance } from "node:perf_hooks";
import { createTemporaryFiles, type TemporaryFiles } from "@dinoseg/node/files";
import { createSegmenter, type Segmenter, type SegmenterOptions } from "@dinoseg/node/segmenter";
import { builtStudio } from "./studio/studio-files.ts";

/** What a service takes from its surroundings. */
export interface Surroundings {
	/** @default those of the process */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Folder that a relative path of a model begins at. @default that of the process */
	readonly cwd: string;
	/** Where the log goes, one JSON object a line. @default stderr of the process */
	readonly log: { write(line: string): void };
	/** The least that is told. @default "info" */
	readonly logLevel: "debug" | "info" | "warn";
	/** Registry of half-written files. @default one of its own */
	readonly temporaryFiles: TemporaryFiles;
	/** As `createSegmenter`. @default it */
	openSegmenter(options: SegmenterOptions): Promise<Segmenter>;
	/** Where the page is built in which people work with the service. @default that of `@dinoseg/studio` */
	readonly studioFolder: string;
	/** Milliseconds, monotonic. @default the system's */
	now(): number;
	/** For requests to end by themselves when the service ends, milliseconds. @default 5000 */
	readonly graceMs: number;
}

/** Half of the time that the end of a service may take. */
const GRACE_MS = 5000;

/** Surroundings with what was not given taken from the process. */
export function completeSurroundings(given: Partial<Surroundings>): Surroundings {
	return {
		env: process.env,
		cwd: process.cwd(),
		log: { write: (line) => void process.stderr.write(line) },
		logLevel: "info",
		temporaryFiles: createTemporaryFiles(),
		openSegmenter: createSegmenter,
		studioFolder: given.studioFolder ?? builtStudio(),
		now: () => performance.now(),
		graceMs: GRACE_MS,
		...given,
	};
}
