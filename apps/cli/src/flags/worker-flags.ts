import { DinosegError } from "@dinoseg/core/errors";
import { Option } from "commander";
import { countFlag } from "./count-flag.ts";
import { argumentOf } from "./option-flags.ts";
import { queueFlag } from "./queue-flags.ts";
import { cacheFlag, concurrencyFlag, quietFlag } from "./run-flags.ts";

/** Where metrics are asked for. */
export interface MetricsAddress {
	readonly host: string;
	readonly port: number;
}

/** What the flags of `dinoseg worker` say. */
export interface WorkerFlags {
	readonly queue?: string;
	readonly cache: boolean;
	readonly concurrency?: number;
	/** Seconds. */
	readonly lease?: number;
	readonly untilEmpty?: boolean;
	readonly metrics?: MetricsAddress;
	readonly quiet?: boolean;
}

/** How long a worker may give no sign of life, seconds. Its thread writes the files of 100 megapixels for up to 9 without a pause. */
const LEASE = { min: 30, max: 86_400 };
const LOOPBACK = "127.0.0.1";
const MAX_PORT = 65_535;

/** @param leaseSeconds unless another number is given. */
export const workerFlags = (leaseSeconds: number): Option[] => [
	queueFlag("the queue that images are taken from"),
	new Option("--until-empty", "end when nothing is left in the queue, in place of waiting for more"),
	countFlag(
		"--lease <seconds>",
		`how long a worker may give no sign of life before others do its images [${LEASE.min} to ${LEASE.max}; default: ${leaseSeconds}]`,
		LEASE,
	),
	new Option(
		"--metrics <address>",
		`where Prometheus finds metrics: a port, or host:port; 0 is any that is free [default host: ${LOOPBACK}]`,
	).argParser(argumentOf(parseMetricsAddress)),
	concurrencyFlag(),
	cacheFlag(),
	quietFlag(),
];

function parseMetricsAddress(text: string): MetricsAddress {
	const [, host = LOOPBACK, digits = ""] = /^(?:\[?([^[\]]+)\]?:)?(\d+)$/.exec(text) ?? [];
	const port = Number(digits);
	if (digits === "" || port > MAX_PORT) {
		throw new DinosegError("OPTION_INVALID", `--metrics must be a port or host:port, such as 9464, got "${text}".`, {
			details: { option: "metrics", value: text },
		});
	}
	return { host, port };
}
