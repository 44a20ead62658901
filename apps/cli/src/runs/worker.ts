import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { VERSION } from "@dinoseg/core";
import { isDinosegError } from "@dinoseg/core/errors";
import { DEFAULT_LEASE_MS, openQueue, runWorker, type WorkerEvent } from "@dinoseg/jobs";
import { pino } from "pino";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { neededQueue } from "../flags/queue-flags.ts";
import type { WorkerFlags } from "../flags/worker-flags.ts";
import { createLogView } from "../progress/log-view.ts";
import { createWorkerLog, tellEnd } from "../worker/worker-log.ts";
import { openRun } from "./open-run.ts";
import { planBatch } from "./plan-batch.ts";

/**
 * Work on the images of a queue until a signal asks to end, or nothing is left.
 *
 * @returns 1 where every image would fail here, or a run was refused.
 */
export async function work(context: CommandContext, flags: WorkerFlags): Promise<ExitCode> {
	const { stderr, now } = context;
	const url = neededQueue(context, flags);
	const { cache, untilEmpty = false, quiet = false, lease } = flags;
	const { limit, sessions } = planBatch(flags.concurrency);
	const log = pino({ level: quiet ? "warn" : "info", base: {} }, createLogView(stderr));
	let hasRefused = false;
	const seeRefusal = (event: WorkerEvent): void => {
		hasRefused ||= event.type === "chunk-end" && event.outcome.type === "failed";
	};
	const listeners: ((event: WorkerEvent) => void)[] = [createWorkerLog(log, now), seeRefusal];
	await using server = flags.metrics && (await startMetrics(flags.metrics, now));
	if (server) {
		listeners.push(server.see);
		log.info({ metrics: server.url }, `metrics at ${server.url}`);
	}
	await using queue = await openQueue(url);
	log.info({ queue: queue.url }, `taking images from ${queue.url}`);
	const stop = new AbortController();
	void context.untilStopped().then(() => {
		log.info("stopping: the images in work are finished");
		stop.abort();
	});
	try {
		await runWorker({
			queue,
			id: randomUUID(),
			version: VERSION,
			about: { host: hostname(), pid: process.pid },
			limit,
			leaseMs: lease === undefined ? DEFAULT_LEASE_MS : lease * 1000,
			untilEmpty,
			isService: true,
			stop: stop.signal,
			open: (batch) =>
				openRun(context, batch, {
					cache,
					quiet: true,
					sessions,
					onModel: ({ name, digest }) => log.info({ model: name, digest }, `the model ${name} is loaded`),
				}),
			pause: (milliseconds, signal) => context.pause(milliseconds, signal),
			now,
			onEvent: (event) => listeners.forEach((listener) => void listener(event)),
		});
		return hasRefused ? EXIT.failed : EXIT.done;
	} catch (error) {
		tellEnd(log, error);
		if (!isDinosegError(error)) {
			throw error;
		}
		return EXIT.failed;
	}
}

/** Count for Prometheus, and answer it. What that takes is loaded only where it is wanted. */
async function startMetrics(address: NonNullable<WorkerFlags["metrics"]>, now: () => number) {
	const [{ createWorkerMetrics }, { serveMetrics }] = await Promise.all([
		import("../worker/worker-metrics.ts"),
		import("../worker/serve-metrics.ts"),
	]);
	const { registry, see } = createWorkerMetrics(now);
	return Object.assign(await serveMetrics(registry, address), { see });
}
