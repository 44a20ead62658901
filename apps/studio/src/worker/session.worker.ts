/** The thread in which a session works. Started by `session-client.ts`; exports nothing. */

import { loadKernels } from "@dinoseg/kernels";
import { createEngine } from "#engine";
import { createSession } from "../session/session.ts";
import { openKeep } from "../storage/keep.ts";
import type { RpcEndpoint } from "./protocol.ts";
import { serveRpc } from "./serve-rpc.ts";

/** A message to oneself: every other one that waits is heard first. Timers would wait 4 ms. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.addEventListener("message", () => waiting.shift()?.());
port1.start();

const session = createSession({
	createEngine,
	kernels: loadKernels(),
	openKeep,
	now: () => performance.now(),
	yield: () =>
		new Promise((resolve) => {
			waiting.push(resolve);
			port2.postMessage(undefined);
		}),
});

serveRpc(self as unknown as RpcEndpoint, session);
