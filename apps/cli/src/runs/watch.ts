import { join } from "node:path";
import { isDinosegError } from "@dinoseg/core/errors";
import type { FolderLock } from "@dinoseg/node/files";
import { planThroughput } from "@dinoseg/node/segmenter";
import { forEachConcurrently } from "../commands/concurrency.ts";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { tellBundledModel } from "../commands/model-notice.ts";
import type { ParsedFlags } from "../flags/read-flags.ts";
import { givenNames } from "../inputs/given-names.ts";
import { countSkipped } from "../inputs/skipped-files.ts";
import type { PageResult } from "../page/run-page.ts";
import { describeDuration } from "../progress/progress.ts";
import { createRunLog } from "../progress/run-log.ts";
import { checkWatchable } from "../watch/check-watchable.ts";
import { createOutputNames } from "../watch/output-names.ts";
import { createWatchedFolder, type Look, type SettledImage } from "../watch/watched-folder.ts";
import { openSegmenter } from "./open-segmenter.ts";
import { lockOutput, writePage } from "./output-folder.ts";
import type { SegmentFlags } from "./segment-one.ts";

export interface WatchFlags extends SegmentFlags {
	/** Seconds between two looks at the folder. */
	readonly interval: number;
	readonly codebook?: string;
}

/** Images after which the page of the run is written, while more are waiting. */
const PAGE_STEP = 16;
/** Looking takes at most one part in so many of the time, however slow the folder is. */
const LOOK_SHARE = 10;

/** Segment what is in a folder and what comes into it, until the surroundings end the command. */
export async function watchFolder(
	context: CommandContext,
	folder: string,
	flags: WatchFlags,
	parsed: ParsedFlags,
): Promise<ExitCode> {
	const { temporaryFiles, now } = context;
	const { options, used } = parsed;
	const names = await givenNames(flags, parsed);
	await checkWatchable(folder, { outputFolder: flags.output, cwd: context.cwd });
	const { imagesInFlight, sessions } = planThroughput(Number.POSITIVE_INFINITY, flags.concurrency);
	const [segmenter, { segmentOne }] = await Promise.all([
		openSegmenter(context, flags, parsed, sessions),
		import("./segment-one.ts"),
	]);
	const log = createRunLog(context, flags);
	const start = now();
	const skipped = new Map<string, string>();
	const finish = (): void => {
		const [presents, failed] = [log.presents(), log.failures()];
		const already = presents > 0 ? `, ${presents} done already` : "";
		log.tell({
			type: "run-end",
			summary: `${log.dones()} done${already}, ${failed} failed, ${describeDuration(now() - start)} → ${flags.output}`,
		});
		log.finish(undefined, { skipped: countSkipped([...skipped.values()]) });
	};
	let lock: FolderLock | undefined;
	const withdraw = context.onInterrupt(() => {
		finish();
		lock?.release();
	});
	const note = (text: string): void => log.tell({ type: "note", text });
	const watched = createWatchedFolder(folder, { outputFolder: flags.output, cwd: context.cwd });
	const outputNames = createOutputNames(flags.output);
	const shown = new Map<string, PageResult>();

	const segment = async (image: SettledImage, stems: Look["stems"]): Promise<void> => {
		if (!(await watched.take(image))) {
			return;
		}
		const input = image.path;
		log.forget(input);
		const name = await outputNames.nameOf(image, stems);
		if (isDinosegError(name)) {
			log.failed(input, name);
			return;
		}
		const run = { segmenter, names, flags, options, used, log, replacesOlder: true };
		const result = await segmentOne(context, run, { input, outputFolder: join(flags.output, name) });
		if (result) {
			shown.set(name, result);
		}
	};

	let pageFault: string | undefined;
	const updatePage = async (): Promise<void> => {
		const results = [...shown.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, result]) => result);
		const fault = results.length > 0 ? await writePage(context, flags.output, results, log) : undefined;
		if (fault !== undefined && fault !== pageFault) {
			note(`warning ${fault}`);
		}
		pageFault = fault;
	};

	const told = new Set<string>();
	/** What a look shows beside images, once. */
	const tellOthers = (look: Look): void => {
		for (const [path, what] of look.skipped) {
			if (!skipped.has(path)) {
				skipped.set(path, what);
				note(`${path}: skipped (${what})`);
			}
		}
		for (const path of look.unreadable) {
			if (!told.has(path)) {
				told.add(path);
				note(`warning ${path}: the folder cannot be read. Check its permissions.`);
			}
		}
	};

	try {
		segmenter.validate(options);
		lock = await lockOutput(flags.output, temporaryFiles);
		tellBundledModel(context, segmenter.model, flags);
		log.tell({ type: "run-start", total: null });
		note(`Watching ${folder} → ${flags.output}. Ctrl-C ends it.`);
		let isThere = true;
		let pauseMs: number;
		do {
			const began = now();
			const look = await watched.look();
			pauseMs = Math.max(flags.interval * 1000, (now() - began) * (LOOK_SHARE - 1));
			if ((look !== undefined) !== isThere) {
				isThere = !isThere;
				note(isThere ? `${folder}: is there again` : `warning ${folder}: is not there; waiting for it to come back`);
			}
			if (look) {
				tellOthers(look);
				for (let first = 0; first < look.settled.length; first += PAGE_STEP) {
					const step = look.settled.slice(first, first + PAGE_STEP);
					await forEachConcurrently(step, imagesInFlight, (image) => segment(image, look.stems));
					await updatePage();
				}
			}
		} while (await context.pause(pauseMs));
		withdraw();
		finish();
		return log.failures() > 0 ? EXIT.failed : EXIT.done;
	} finally {
		withdraw();
		lock?.release();
		await segmenter.dispose();
	}
}
