import { disposed } from "../engine/calls.ts";
import { DinosegError, errorFromJson } from "../errors/index.ts";
import type { SegmentationListener } from "../events.ts";
import type { EngineReady, EngineReply, EngineRequest } from "./protocol.ts";

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Asked<Sent> = Extract<EngineRequest<Sent>, { readonly type: "call" | "fit" | "map" }>;
/** A request that is answered, without its number. */
export type Question<Sent> = DistributiveOmit<Asked<Sent>, "id">;

/** The thread of an engine, as the thread that uses it sees it. */
export interface EngineLink<Sent> {
	/** Known once the thread has started. */
	readonly ready: Promise<EngineReady>;
	/** The number of the next question. */
	nextId(): number;
	/**
	 * Ask, and wait for the answer.
	 *
	 * @param transfer memory that is given away with the question.
	 * @throws what the other thread threw; DinosegError INTERNAL if it ended, DISPOSED if it was told to.
	 */
	ask(id: number, question: Question<Sent>, transfer?: ArrayBuffer[]): Promise<unknown>;
	/** Hear the events of a call, until `forget`. */
	listen(id: number, listener: SegmentationListener): void;
	forget(id: number): void;
	/** Tell something that has no answer. */
	tell(request: Extract<EngineRequest<Sent>, { readonly type: "cancel" | "forget" }>): void;
	/** Take a message of the other thread. */
	receive(reply: EngineReply): void;
	/** The other thread has ended, and another will take what is asked from now on. What was asked fails. */
	fail(reason: string): void;
	/** The other thread has ended: what is asked fails from now on too. */
	breakDown(reason: string): void;
	/** Let it finish, and end. Wait for that elsewhere. */
	close(): void;
}

export interface EngineLinkOptions<Sent> {
	/**
	 * Give a message to the other thread, and memory that it owns from then on. What it throws, now or later, ends the
	 * question: a value that cannot cross, for instance.
	 */
	post(request: EngineRequest<Sent>, transfer: ArrayBuffer[]): Promise<void> | undefined;
	/** Told when the first question waits, and when none does any more. @default nobody is */
	onBusy?(isBusy: boolean): void;
}

interface Pending {
	resolve(value: unknown): void;
	reject(error: unknown): void;
}

/** What is asked of the thread of an engine, and what it answers. */
export function createEngineLink<Sent>({ post, onBusy = () => undefined }: EngineLinkOptions<Sent>): EngineLink<Sent> {
	const pending = new Map<number, Pending>();
	const listeners = new Map<number, SegmentationListener>();
	let ended: DinosegError | undefined;
	let lastId = 0;
	let start: { resolve(ready: EngineReady): void; reject(error: unknown): void };
	const ready = new Promise<EngineReady>((resolve, reject) => {
		start = { resolve, reject };
	});
	// Who waits for it hears of it; one who asks hears the same.
	ready.catch(() => undefined);

	const settle = (id: number): Pending | undefined => {
		const call = pending.get(id);
		pending.delete(id);
		if (pending.size === 0) {
			onBusy(false);
		}
		return call;
	};

	const fail = (error: Error): void => {
		start.reject(error);
		for (const id of [...pending.keys()]) {
			settle(id)?.reject(error);
		}
	};

	return {
		ready,
		nextId: () => ++lastId,
		ask(id, question, transfer = []) {
			if (ended !== undefined) {
				return Promise.reject(ended);
			}
			return new Promise((resolve, reject) => {
				pending.set(id, { resolve, reject });
				onBusy(true);
				const posting = async () => post({ ...question, id }, transfer);
				posting().catch((error: unknown) => settle(id)?.reject(error));
			});
		},
		listen: (id, listener) => void listeners.set(id, listener),
		forget: (id) => void listeners.delete(id),
		tell: (request) => void post(request, []),
		receive(reply) {
			switch (reply.type) {
				case "ready":
					return start.resolve(reply);
				case "broken":
					return fail(errorFromJson(reply.error));
				case "event":
					return listeners.get(reply.id)?.(reply.event);
				case "done":
					return settle(reply.id)?.resolve(reply.value);
				case "failed":
					return settle(reply.id)?.reject(errorFromJson(reply.error));
				default:
					return reply satisfies never;
			}
		},
		fail(reason) {
			fail(new DinosegError("INTERNAL", `The thread of the segmenter ended (${reason}). Try again.`));
		},
		breakDown(reason) {
			ended ??= new DinosegError("INTERNAL", `The thread of the segmenter ended (${reason}). Create a new one.`);
			fail(ended);
		},
		close() {
			if (ended === undefined) {
				ended = disposed();
				void post({ type: "dispose" }, []);
			}
		},
	};
}
