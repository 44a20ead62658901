/** A thread that helps the kernels of another one. Started by `start-helpers.ts`; exports nothing. */
import { type MessagePort, parentPort } from "node:worker_threads";
import { serveKernels } from "@dinoseg/kernels";

(parentPort as MessagePort).on("message", await serveKernels());
