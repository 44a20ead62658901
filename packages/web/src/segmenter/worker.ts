/** The worker in which a segmenter works. Started by `create-segmenter.ts`; exports nothing. */

import { errorToJson } from "@dinoseg/core/errors";
import { type EngineRequest, serveEngine } from "@dinoseg/core/remote";
import { loadKernels } from "@dinoseg/kernels";
import type { SentInput } from "../image/decoder.ts";
import { encodePng } from "../png.ts";
import { holdLifeLine } from "./life-line.ts";
import { openEngine, ThreadsFailed } from "./open-engine.ts";
import type { EngineSetup, WorkerReply, WorkerRequest } from "./protocol.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
	scope.postMessage(message, transfer);
}

let receive: ((request: EngineRequest<SentInput>) => void) | undefined;

async function open(setup: EngineSetup, lifeLine: string): Promise<void> {
	try {
		await holdLifeLine(lifeLine);
		reply({ type: "alive" });
		const engine = await openEngine(setup, {
			onRuntime: (runtime) => reply({ type: "runtime", runtime }),
			onDownload: (bytes, totalBytes) => reply({ type: "download", bytes, totalBytes }),
		});
		receive = serveEngine(engine, {
			reply,
			encodePng: async () => encodePng,
			kernels: () => loadKernels(),
			end: () => reply({ type: "end" }),
		});
	} catch (error) {
		reply(error instanceof ThreadsFailed ? { type: "threadless" } : { type: "broken", error: errorToJson(error) });
	}
}

scope.addEventListener("message", ({ data }: MessageEvent<WorkerRequest>) => {
	if (data.type === "open") {
		void open(data.setup, data.lifeLine);
	} else {
		receive?.(data);
	}
});
