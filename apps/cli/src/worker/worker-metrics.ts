import type { WorkerEvent } from "@dinoseg/jobs";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What a worker counts and measures, for Prometheus. */
export interface WorkerMetrics {
	readonly registry: Registry;
	see(event: WorkerEvent): void;
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** @param now milliseconds, monotonic. */
export function createWorkerMetrics(now: () => number): WorkerMetrics {
	const registry = new Registry();
	const registers = [registry];
	// Memory, processor time and delay of the event loop.
	collectDefaultMetrics({ register: registry });
	const images = new Counter({
		name: "dinoseg_worker_images_total",
		help: "Images that ended, by what became of them.",
		labelNames: ["outcome"] as const,
		registers,
	});
	const seconds = new Histogram({
		name: "dinoseg_worker_image_seconds",
		help: "Time from the start of an image to the end of its result.",
		buckets: SECONDS,
		registers,
	});
	const chunks = new Counter({
		name: "dinoseg_worker_chunks_total",
		help: "Chunks that ended, by what became of them.",
		labelNames: ["outcome"] as const,
		registers,
	});
	const stalls = new Counter({
		name: "dinoseg_worker_stalls_total",
		help: "Chunks of other workers without a sign of life, and chunks that this one lost so.",
		labelNames: ["whose"] as const,
		registers,
	});
	const isUp = new Gauge({ name: "dinoseg_worker_queue_up", help: "1 while the queue answers, else 0.", registers });
	const bytes = new Counter({
		name: "dinoseg_worker_written_bytes_total",
		help: "Bytes of results that are in the storage.",
		registers,
	});
	isUp.set(1);
	const starts = new Map<string, number>();

	const seeItem = ({ run, event }: Extract<WorkerEvent, { type: "item" }>): void => {
		const image = "item" in event ? `${run} ${event.item.path}` : "";
		if (event.type === "start") {
			starts.set(image, now());
			return;
		}
		if (event.type === "done" || event.type === "failed") {
			const start = starts.get(image);
			starts.delete(image);
			if (start !== undefined) {
				seconds.observe((now() - start) / 1000);
			}
		}
		if (event.type === "done") {
			bytes.inc(Object.values(event.line.files).reduce((sum, [size]) => sum + size, 0));
		}
		images.inc({ outcome: event.type === "failed" && event.isKept ? "bad" : event.type });
	};
	return {
		registry,
		see(event) {
			if (event.type === "item") {
				seeItem(event);
			} else if (event.type === "chunk-end") {
				chunks.inc({ outcome: event.outcome.type });
			} else if (event.type === "queue") {
				const { type } = event.event;
				if (type === "stalled" || type === "lost") {
					stalls.inc({ whose: type === "lost" ? "own" : "other" });
				} else {
					isUp.set(type === "back" ? 1 : 0);
				}
			}
		},
	};
}
