import { type IncomingHttpHeaders, request } from "node:http";

/** A request as it goes over the wire: nothing of it is made tidy, as `fetch` would do. */
export interface RawRequest {
	readonly method: string;
	/** Path and query. */
	readonly target: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: Uint8Array | string;
}

export interface RawAnswer {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
}

/** Send a request. A body that is longer than its Content-Length, or shorter, is sent as it is. */
export function sendRaw(url: string, { method, target, headers = {}, body }: RawRequest): Promise<RawAnswer> {
	const { hostname, port } = new URL(url);
	return new Promise((resolve, reject) => {
		const sent = request({ hostname, port, method, path: target, headers, agent: false }, (answer) => {
			const chunks: Buffer[] = [];
			answer.on("data", (chunk: Buffer) => chunks.push(chunk));
			answer.once("error", reject);
			answer.once("end", () => {
				resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
				sent.destroy();
			});
		});
		sent.once("error", reject);
		sent.end(body);
	});
}
