import type { HttpBindings } from "@hono/node-server";

/** Tell a client that waits with its body whether it is wanted (`Expect: 100-continue`) that it is. */
export function askForBody({ incoming, outgoing }: HttpBindings): void {
	if (incoming.headers.expect?.toLowerCase() === "100-continue" && !outgoing.headersSent) {
		outgoing.writeContinue();
	}
}
