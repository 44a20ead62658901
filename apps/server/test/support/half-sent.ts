import { connect } from "node:net";
import type { RawAnswer, RawRequest } from "./raw-request.ts";

/** A request of which the service has read a part. */
export interface HalfSent {
	/** Send the end of the head, and wait for the answer. A body is announced and not sent. */
	finish(): Promise<RawAnswer>;
}

/**
 * Send the head of a request but for its last line, after a whole request on the same connection: when that one is
 * answered, the service has read the part.
 */
export async function sendHalf(
	url: string,
	{ method, target, headers = {}, body = "" }: RawRequest,
): Promise<HalfSent> {
	const { hostname, port, host } = new URL(url);
	const socket = connect(Number(port), hostname);
	let received = Buffer.alloc(0);
	let wake = (): void => {};
	socket.on("data", (chunk) => {
		received = Buffer.concat([received, chunk]);
		wake();
	});
	const closed = new Promise<void>((resolve, reject) => {
		socket.once("close", () => resolve());
		socket.once("error", reject);
	});
	closed.catch(() => undefined);
	const lines = Object.entries({ host, connection: "close", "content-length": body.length, ...headers });
	const head = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}`;
	const answered = new Promise<void>((resolve) => {
		wake = () => {
			// That of the whole request has a body of one line.
			if (received.toString("latin1").endsWith("}")) {
				resolve();
			}
		};
	});
	socket.write(`GET /healthz HTTP/1.1\r\nhost: ${host}\r\n\r\n${head}`);
	await Promise.race([answered, closed]);
	received = Buffer.alloc(0);
	return {
		async finish() {
			socket.write("\r\n");
			await closed;
			return parseAnswer(received);
		},
	};
}

/** An answer whose body goes on to the end of the connection. */
function parseAnswer(bytes: Buffer): RawAnswer {
	const end = bytes.indexOf("\r\n\r\n");
	const [first, ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
	const headers = lines.map((line) => {
		const colon = line.indexOf(":");
		return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
	});
	return { status: Number(first.split(" ")[1]), headers: Object.fromEntries(headers), body: bytes.subarray(end + 4) };
}
