/**
 * The thread in which a segmenter works. Started by `create-segmenter.ts`; exports nothing.
 *
 * It is never terminated while it has something to do: told to dispose, it frees its networks and runs out of work.
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { errorToJson } from "@dinoseg/core/errors";
import { type EngineReply, serveEngine } from "@dinoseg/core/remote";
import { isTransferable } from "./is-transferable.ts";
import { openEngine } from "./open-engine.ts";
import type { EngineSetup } from "./protocol.ts";

const port = parentPort as MessagePort;
const setup = workerData as EngineSetup;

function reply(message: EngineReply, transfer: ArrayBuffer[] = []): void {
	port.postMessage(message, transfer);
}

/** Run out of work. */
function end(): void {
	setup.files.close();
	port.close();
}

try {
	const receive = serveEngine(await openEngine(setup), {
		reply,
		encodePng: async () => (await import("../image/encode.ts")).encodePng,
		kernels: async () => (await import("@dinoseg/kernels")).loadKernels(),
		end,
		isTransferable,
	});
	port.on("message", receive);
} catch (error) {
	reply({ type: "broken", error: errorToJson(error) });
	end();
}
