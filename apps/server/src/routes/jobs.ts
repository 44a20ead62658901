import { createRoute, z } from "@hono/zod-openapi";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { problemOf, unknownResource } from "../api/problems.ts";
import { jobIdSchema, jobSchema, json, problems } from "../api/schemas.ts";
import type { ServiceApp, Services } from "../app/services.ts";
import type { Job, JobEvent } from "../work/jobs.ts";

const params = z.object({ id: jobIdSchema });
const tags = ["jobs"];

const getRoute = createRoute({
	method: "get",
	path: "/v1/jobs/{id}",
	operationId: "getJob",
	tags,
	summary: "How far a job is",
	request: { params },
	responses: { 200: json(jobSchema, "The job"), ...problems(404) },
});

const eventsRoute = createRoute({
	method: "get",
	path: "/v1/jobs/{id}/events",
	operationId: "followJob",
	tags,
	summary: "Follow a job",
	description:
		"Server-sent events: everything that was told from the beginning on, or after Last-Event-ID, until the job ends. Names of events are those of `type`.",
	request: { params },
	responses: {
		200: { description: "The events", content: { "text/event-stream": { schema: z.string() } } },
		204: { description: "The job has ended, and all was told: a browser does not ask again" },
		...problems(404),
	},
});

const deleteRoute = createRoute({
	method: "delete",
	path: "/v1/jobs/{id}",
	operationId: "cancelJob",
	tags,
	summary: "Cancel a job",
	description: "For all that wait for it. One that has ended stays as it is.",
	request: { params },
	responses: { 200: json(jobSchema, "The job as it is now"), ...problems(404) },
});

/** Silence after which a sign of life is sent: proxies close connections that say nothing for a minute. */
const HEARTBEAT_MS = 15_000;

/** Jobs are looked at, followed and cancelled. */
export function addJobs(app: ServiceApp, services: Services): void {
	const { jobs, segmentations } = services;

	const describe = (job: Job): z.infer<typeof jobSchema> => ({
		id: job.id,
		status: job.status,
		...(job.status === "failed" ? { error: problemOf(job.error) } : {}),
	});

	/** A job that is not remembered any more may have left its result. */
	const find = async (id: string): Promise<Job | undefined> => {
		const job = jobs.find(id);
		if (job === undefined && !(await segmentations.isDone(id))) {
			throw unknownResource(`job ${id}`, "Ask for the segmentation again.");
		}
		return job;
	};

	app.openapi(getRoute, async (context) => {
		const { id } = context.req.valid("param");
		const job = await find(id);
		return context.json(job ? describe(job) : { id, status: "done" as const }, 200);
	});

	app.openapi(deleteRoute, async (context) => {
		const { id } = context.req.valid("param");
		const job = await find(id);
		if (job !== undefined && jobs.cancel(id)) {
			await job.ended;
		}
		return context.json(job ? describe(job) : { id, status: "done" as const }, 200);
	});

	app.openapi(eventsRoute, async (context) => {
		const job = await find(context.req.param("id"));
		const from = afterEvent(context.req.header("last-event-id"));
		if (job === undefined ? from > 0 : hasEnded(job) && from >= job.events.length) {
			return context.body(null, 204);
		}
		return streamSSE(context, (stream) =>
			job ? sendEvents(stream, job, from) : send(stream, { type: "status", status: "done" }, 0),
		);
	});
}

/** The number of the event after the one that a client had last; that of the first, unless it is one of ours. */
function afterEvent(lastId: string | undefined): number {
	return lastId !== undefined && /^\d+$/.test(lastId) ? Number(lastId) + 1 : 0;
}

function hasEnded({ status }: Job): boolean {
	return status !== "queued" && status !== "running";
}

/** Send what was told of a job from a number on, and what is told until it ends. */
async function sendEvents(stream: SSEStreamingApi, job: Job, from: number): Promise<void> {
	let next = from;
	let wake = (): void => {};
	const stop = job.listen(() => wake());
	stream.onAbort(() => wake());
	try {
		while (!stream.aborted) {
			const woken = new Promise<void>((resolve) => {
				wake = resolve;
			});
			for (; next < job.events.length; next++) {
				await send(stream, job.events[next], next);
			}
			if (hasEnded(job)) {
				return;
			}
			let isSilent = false;
			const timer = setTimeout(() => {
				isSilent = true;
				wake();
			}, HEARTBEAT_MS);
			await woken;
			clearTimeout(timer);
			if (isSilent) {
				await stream.write(": still there\n\n");
			}
		}
	} finally {
		stop();
	}
}

function send(stream: SSEStreamingApi, event: JobEvent, number: number): Promise<void> {
	return stream.writeSSE({ id: String(number), event: event.type, data: JSON.stringify(event) });
}
