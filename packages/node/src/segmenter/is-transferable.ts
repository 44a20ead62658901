import * as threads from "node:worker_threads";

/** Of Node 21 and later, where `postMessage` throws for such memory. Node 20 copies it by itself. */
const { isMarkedAsUntransferable = () => false } = threads as {
	isMarkedAsUntransferable?(memory: object): boolean;
};

/** Whether memory may go to another thread: that of a native library stays where it is. */
export function isTransferable(memory: ArrayBufferLike): boolean {
	return !isMarkedAsUntransferable(memory);
}
