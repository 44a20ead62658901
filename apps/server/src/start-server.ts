import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { DinosegError } from "@dinoseg/core/errors";
import { createAdaptorServer } from "@hono/node-server";
import { createApp } from "./create-app.ts";
import { openServices } from "./open-services.ts";
import { checkServerOptions, SERVER_DEFAULTS, type ServerOptions } from "./server-options.ts";
import { completeSurroundings, type Surroundings } from "./surroundings.ts";

/** A service that takes requests. */
export interface RunningServer {
	/** As `http://127.0.0.1:8420`. */
	readonly url: string;
	/**
	 * Take no more requests, let those that run end, cancel what does not in time, and free everything: within ten seconds.
	 *
	 * @returns false if a network still computes then, which nobody can end but the process.
	 */
	close(): Promise<boolean>;
}

/** For what is cancelled to end. */
const CANCEL_MS = 1000;
/** For all that follows, so that the whole takes less than ten seconds. */
const CLOSING_MS = 2500;
/** Between two looks for connections that are idle while the service ends. */
const IDLE_MS = 50;
/** Of the head of a request. */
const MAX_HEADER_BYTES = 16_384;
const HEADERS_MS = 10_000;
/** Longer than a refused client waits at most, so that its connection is not closed just when it comes back. */
const KEEP_ALIVE_MS = 75_000;
const MOST_CONNECTIONS = 2048;
/** Between two looks for connections that are too slow. */
const CHECK_MS = 1000;

/**
 * Start the service. It takes requests when the promise is fulfilled.
 *
 * @throws DinosegError OPTION_INVALID, OUTPUT_IN_USE, OUTPUT_UNWRITABLE; as `createSegmenter`
 */
export async function startServer(
	options: ServerOptions = {},
	surroundings: Partial<Surroundings> = {},
): Promise<RunningServer> {
	checkServerOptions(options);
	const {
		host = SERVER_DEFAULTS.host,
		port = SERVER_DEFAULTS.port,
		uploadSeconds = SERVER_DEFAULTS.uploadSeconds,
	} = options;
	const completed = completeSurroundings(surroundings);
	const { graceMs } = completed;
	const opened = await openServices(options, completed);
	const server = createAdaptorServer({
		fetch: createApp(opened.services).fetch,
		serverOptions: {
			maxHeaderSize: MAX_HEADER_BYTES,
			headersTimeout: HEADERS_MS,
			// The handlers have their own limit, which answers; this one only closes.
			requestTimeout: uploadSeconds * 1000 + HEADERS_MS,
			keepAliveTimeout: KEEP_ALIVE_MS,
			connectionsCheckingInterval: CHECK_MS,
		},
	}) as Server;
	// Whether the body of an image is wanted is known when there is a place for it.
	server.on("checkContinue", (incoming, outgoing) => server.emit("request", incoming, outgoing));
	server.maxConnections = MOST_CONNECTIONS;
	try {
		await listen(server, host, port);
	} catch (error) {
		await opened.free();
		throw error;
	}
	const { port: bound } = server.address() as AddressInfo;
	const url = `http://${host.includes(":") ? `[${host.replace(/^\[(.*)\]$/, "$1")}]` : host}:${bound}`;

	let closing: Promise<boolean> | undefined;
	const close = async (): Promise<boolean> => {
		const { log } = opened.services;
		log.info("stopping");
		const closed = new Promise<void>((resolve) => server.close(() => resolve()));
		server.closeIdleConnections();
		// A connection is idle when its answer has gone.
		const sweeping = setInterval(() => server.closeIdleConnections(), IDLE_MS);
		await Promise.all([within(opened.stop(graceMs), graceMs + CANCEL_MS), within(closed, graceMs)]);
		// Those whose jobs were cancelled are told so.
		await within(closed, CANCEL_MS);
		clearInterval(sweeping);
		server.closeAllConnections();
		const isFree = await within(opened.free(), CLOSING_MS);
		if (!isFree) {
			log.warn("a network still computes; it is given up");
		}
		await closed;
		return isFree;
	};
	return {
		url,
		close() {
			closing ??= close();
			return closing;
		},
	};
}

function listen(server: Server, host: string, port: number): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (cause: NodeJS.ErrnoException) => {
			const why =
				cause.code === "EADDRINUSE"
					? "another program listens there. Choose another with --port, or 0 for any that is free"
					: `${cause.message}. Choose another --host or --port`;
			reject(
				new DinosegError("OPTION_INVALID", `The service cannot listen at ${host}, port ${port}: ${why}.`, {
					details: { option: "port", value: port },
					cause,
				}),
			);
		});
		server.listen(port, host.replace(/^\[(.*)\]$/, "$1"), resolve);
	});
}

/** Whether a promise is fulfilled in time. */
async function within(promise: Promise<void>, milliseconds: number): Promise<boolean> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<boolean>((resolve) => {
		timer = setTimeout(() => resolve(false), milliseconds);
	});
	try {
		return await Promise.race([promise.then(() => true), late]);
	} finally {
		clearTimeout(timer);
	}
}
