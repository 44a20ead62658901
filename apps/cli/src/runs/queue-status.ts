import { VERSION } from "@dinoseg/core";
import { type JobQueue, openQueue, type QueuedBatch, type RunKind, type WorkerState } from "@dinoseg/jobs";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { printable } from "../progress/printable.ts";
import { describeDuration } from "../progress/progress.ts";

/** A run in a queue. */
interface RunStatus {
	readonly run: string;
	/** What is made of its images; null where this dinoseg does not know it. */
	readonly kind: RunKind | null;
	/** Of the dinoseg that began it: workers of another one refuse it. */
	readonly version: string;
	/** Where its results go. */
	readonly output: string;
	/** Images that ended, of all commands of the run. */
	readonly done: number;
	readonly bad: number;
	readonly open: number;
	/** Images of the last command that have not ended; null while they are being added. */
	readonly left: number | null;
	/** In about the last minute, by all workers. */
	readonly perSecond: number;
	readonly secondsLeft: number | null;
}

/** A worker, as it told a few seconds ago. */
interface WorkerStatus {
	readonly id: string;
	readonly host: string;
	readonly pid: number;
	readonly output: string | null;
	readonly inWork: number;
	readonly perSecond: number;
}

/**
 * Tell how far the runs of a queue are, and who works on them.
 *
 * @returns 0 where nothing is left.
 */
export async function tellQueueStatus(
	{ stdout }: CommandContext,
	url: string,
	{ json = false }: { readonly json?: boolean },
): Promise<ExitCode> {
	await using queue = await openQueue(url);
	const workers = (await queue.workers())
		.map(workerOf)
		.sort((a, b) => (a.host === b.host ? a.pid - b.pid : a.host < b.host ? -1 : 1));
	const runs = await runsOf(queue, workers);
	const chunks = await queue.counts();
	if (json) {
		stdout.write(`${JSON.stringify({ queue: queue.url, chunks, runs, workers }, null, "\t")}\n`);
	} else {
		const { waiting, active, failed } = chunks;
		const lines = [
			`${queue.url}: ${waiting} chunks wait, ${active} in work${failed > 0 ? `, ${failed} failed` : ""}`,
			...runs.map(describeRun),
			...workers.map(describeWorker),
			workers.length === 0 ? "no worker" : "",
		];
		stdout.write(
			lines
				.filter((line) => line !== "")
				.map((line) => `${printable(line)}\n`)
				.join(""),
		);
	}
	return chunks.waiting + chunks.active > 0 ? EXIT.failed : EXIT.done;
}

async function runsOf(queue: JobQueue, workers: readonly WorkerStatus[]): Promise<RunStatus[]> {
	const runs: RunStatus[] = [];
	for (const { id, data } of await queue.listRuns()) {
		// Of any version of dinoseg: what is not understood is left out.
		const { kind = null, version = "?", output = id, added = null, before = 0 } = (data ?? {}) as Partial<QueuedBatch>;
		const { counts } = await queue.runCounts(id);
		const { done = 0, present = 0, bad = 0, open = 0 } = counts;
		const ended = done + present + bad + open - before;
		const left = added === null ? null : Math.max(0, added - ended);
		const perSecond = workers.filter((worker) => worker.output === output).reduce((sum, one) => sum + one.perSecond, 0);
		const secondsLeft = left !== null && left > 0 && perSecond > 0 ? left / perSecond : null;
		runs.push({ run: id, kind, version, output, done: done + present, bad, open, left, perSecond, secondsLeft });
	}
	return runs;
}

function workerOf({ id, data }: WorkerState): WorkerStatus {
	const told = data as Partial<WorkerStatus>;
	const { host = "?", pid = 0, output = null, inWork = 0, perSecond = 0 } = told;
	return { id, host, pid, output, inWork, perSecond };
}

function describeRun({ kind, version, output, done, bad, open, left, perSecond, secondsLeft }: RunStatus): string {
	const parts = [
		`${done} done`,
		bad > 0 ? `${bad} in quarantine` : "",
		open > 0 ? `${open} failed` : "",
		left === null ? "more are being added" : left > 0 ? `${left} left` : "nothing left",
		perSecond > 0 ? `${perSecond.toFixed(1)} images/s` : "",
		secondsLeft !== null && secondsLeft > 0 ? `${describeDuration(1000 * secondsLeft)} left` : "",
	];
	const what = kind === "summarise" ? " (for a codebook)" : "";
	const begun = version === VERSION ? "" : ` (of dinoseg ${version})`;
	return `${output}${what}${begun}: ${parts.filter((part) => part !== "").join(", ")}`;
}

function describeWorker({ host, pid, output, inWork, perSecond }: WorkerStatus): string {
	const rate = perSecond > 0 ? `, ${perSecond.toFixed(1)} images/s` : "";
	return `worker ${pid} on ${host}: ${inWork} images in work${rate}${output === null ? "" : ` → ${output}`}`;
}
