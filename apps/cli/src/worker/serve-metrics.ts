import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DinosegError } from "@dinoseg/core/errors";
import type { Registry } from "prom-client";
import type { MetricsAddress } from "../flags/worker-flags.ts";

/** Answers those who scrape metrics. */
export interface MetricsServer extends AsyncDisposable {
	/** As `http://127.0.0.1:9464/metrics`. */
	readonly url: string;
}

/** @throws DinosegError OPTION_INVALID if it cannot listen there */
export async function serveMetrics(registry: Registry, { host, port }: MetricsAddress): Promise<MetricsServer> {
	const server = createServer(async ({ method, url }, response) => {
		if (method !== "GET" || url?.split("?")[0] !== "/metrics") {
			response.writeHead(404).end();
			return;
		}
		response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", (cause: NodeJS.ErrnoException) => {
			reject(
				new DinosegError(
					"OPTION_INVALID",
					`--metrics ${host}:${port}: cannot listen there (${cause.message}). Choose another port, or 0 for any that is free.`,
					{ details: { option: "metrics", value: port }, cause },
				),
			);
		});
		server.listen(port, host, resolve);
	});
	// A worker that has ended need not wait for them.
	server.unref();
	const address = server.address() as AddressInfo;
	return {
		url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}/metrics`,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
