import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Answer, Job, JobScores } from "./job.ts";

const WORKER = fileURLToPath(new URL("score-worker.ts", import.meta.url));

/** Processes that score images side by side. */
export interface ScorePool {
	/** @returns the scores of every job, in their order. @throws Error of the first job that fails */
	run(jobs: readonly Job[], onDone: (done: number) => void): Promise<readonly JobScores[]>;
	close(): void;
}

/**
 * @param processes how many images are in work at once.
 * @param cacheFolder of the tokens, which the processes share.
 */
export function createScorePool(processes: number, cacheFolder: string): ScorePool {
	const children = Array.from({ length: processes }, () =>
		fork(WORKER, [cacheFolder], { execArgv: ["--import", "tsx"], serialization: "advanced" }),
	);
	return {
		async run(jobs, onDone) {
			const scores: JobScores[] = new Array(jobs.length);
			let next = 0;
			let done = 0;
			await Promise.all(
				children.map(async (child) => {
					while (next < jobs.length) {
						const at = next++;
						scores[at] = await ask(child, jobs[at]);
						onDone(++done);
					}
				}),
			);
			return scores;
		},
		close() {
			for (const child of children) {
				if (child.connected) {
					child.disconnect();
				}
			}
		},
	};
}

async function ask(child: ChildProcess, job: Job): Promise<JobScores> {
	const stop = new AbortController();
	try {
		child.send(job);
		const answer = await Promise.race([
			once(child, "message", { signal: stop.signal }).then(([message]) => message as Answer),
			once(child, "exit", { signal: stop.signal }).then(([code]): Answer => ({ error: `${job.id}: exit ${code}` })),
		]);
		if ("error" in answer) {
			throw new Error(answer.error);
		}
		return answer.scores;
	} finally {
		stop.abort();
	}
}
