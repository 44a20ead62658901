import type { RunOutputs } from "./run-outputs.ts";

/** What makes the outputs of one run, until it is disposed of. */
export type OpenRun = RunOutputs & AsyncDisposable;

/** Holds what makes the outputs of the last two runs: opening one loads a model. */
export interface RunKeeper extends AsyncDisposable {
	/**
	 * Work on a chunk of a run. A third one is opened when the chunks in work of the one that was used longest ago have ended.
	 *
	 * @returns nothing if the run was not open yet when `stop` aborted.
	 * @throws what `open` and `work` throw
	 */
	use<T>(run: string, work: (outputs: RunOutputs) => Promise<T>): Promise<T | undefined>;
}

/** Runs that are open at the same time: where the chunks of two alternate, no model is loaded for each of them. */
const MOST_OPEN = 2;

interface Opened {
	readonly outputs: OpenRun;
	readonly inWork: Set<Promise<unknown>>;
}

/** @param stop when it aborts, no run is opened any more. */
export function createRunKeeper(open: (run: string) => Promise<OpenRun>, stop: AbortSignal): RunKeeper {
	/** The one that was used last is the last. */
	const opened = new Map<string, Opened>();
	let turn: Promise<unknown> = Promise.resolve();

	const close = async (run: string, { outputs, inWork }: Opened): Promise<void> => {
		await Promise.allSettled(inWork);
		opened.delete(run);
		await outputs[Symbol.asyncDispose]();
	};
	const find = async (run: string): Promise<Opened | undefined> => {
		const there = opened.get(run);
		if (there !== undefined) {
			return there;
		}
		const [oldest] = opened;
		if (oldest !== undefined && opened.size === MOST_OPEN) {
			await close(...oldest);
		}
		return stop.aborted ? undefined : { outputs: await open(run), inWork: new Set() };
	};
	return {
		async use(run, work) {
			// One after the other, so that no run waits for ever while another one's chunks come.
			const begun = turn.then(async () => {
				const found = await find(run);
				if (found === undefined) {
					return undefined;
				}
				opened.delete(run);
				opened.set(run, found);
				const working = work(found.outputs);
				found.inWork.add(working);
				return { working, inWork: found.inWork };
			});
			turn = begun.catch(() => undefined);
			const { working, inWork } = (await begun) ?? {};
			return working?.finally(() => inWork?.delete(working));
		},
		async [Symbol.asyncDispose]() {
			await turn;
			for (const one of [...opened]) {
				await close(...one);
			}
		},
	};
}
