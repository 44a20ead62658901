import type { SegmentationEvent } from "@dinoseg/core";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What is counted and measured, for Prometheus. */
export interface Metrics {
	readonly registry: Registry;
	readonly requests: Counter<"method" | "route" | "status">;
	readonly requestSeconds: Histogram<"route">;
	/** Hear what a segmentation tells. */
	seeEvent(event: SegmentationEvent): void;
}

/** What is asked for when somebody looks. */
export interface Gauges {
	readonly jobsWaiting: () => number;
	readonly jobsRunning: () => number;
	readonly storedBytes: () => number;
	readonly storedEntries: () => number;
}

const SECONDS = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createMetrics(gauges: Gauges): Metrics {
	const registry = new Registry();
	const registers = [registry];
	// Memory, processor time and delay of the event loop.
	collectDefaultMetrics({ register: registry });
	const gauge = (name: string, help: string, read: () => number) =>
		new Gauge({
			name,
			help,
			registers,
			collect() {
				this.set(read());
			},
		});
	gauge("dinoseg_jobs_waiting", "Jobs that wait, and uploads that have a place among them.", gauges.jobsWaiting);
	gauge("dinoseg_jobs_running", "Jobs that are computed.", gauges.jobsRunning);
	gauge("dinoseg_stored_bytes", "Bytes of images and results on the disk.", gauges.storedBytes);
	gauge("dinoseg_stored_entries", "Images and results on the disk.", gauges.storedEntries);
	const stageSeconds = new Histogram({
		name: "dinoseg_stage_seconds",
		help: "Time of the stages of a segmentation.",
		labelNames: ["stage"] as const,
		buckets: SECONDS,
		registers,
	});
	const tokenGrids = new Counter({
		name: "dinoseg_token_grids_total",
		help: "Token grids, by whether the network ran for them or they had been kept.",
		labelNames: ["source"] as const,
		registers,
	});
	return {
		registry,
		requests: new Counter({
			name: "dinoseg_http_requests_total",
			help: "Requests that were answered.",
			labelNames: ["method", "route", "status"] as const,
			registers,
		}),
		requestSeconds: new Histogram({
			name: "dinoseg_http_request_seconds",
			help: "Time from the head of a request to that of its answer.",
			labelNames: ["route"] as const,
			buckets: SECONDS,
			registers,
		}),
		seeEvent(event) {
			if (event.type !== "stage-end") {
				return;
			}
			const { stage, milliseconds, cached = false } = event;
			if (!cached) {
				stageSeconds.observe({ stage }, milliseconds / 1000);
			}
			if (stage === "network") {
				tokenGrids.inc({ source: cached ? "kept" : "network" });
			}
		},
	};
}
