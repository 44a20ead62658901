import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HelperThread, loadSimdKernels, referenceKernels, serveKernels, supportsSimd } from "../../index.ts";
import { createChunkStates, giveUpChunks, isGivenUp, settleChunks, takeChunks } from "./chunk-states.ts";

/** Large enough to be shared, and no whole number of panels. */
const COUNT = 331;
const DIM = 263;

const noCheck = () => {};

function cloud(count: number, dim: number): Float32Array {
	return Float32Array.from({ length: count * dim }, (_, i) => 3 + Math.sin(i * 12.9898) * ((i % dim) + 1));
}

describe("chunks", () => {
	it("are each done once, in any mix of threads", () => {
		fc.assert(
			fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), (taken) => {
				const states = createChunkStates(taken.length);
				const done = taken.map(() => 0);
				const other = { next: 0 };
				// Another thread comes in between: it takes what the list says, when this one works on its first chunk.
				takeChunks(states, (chunk) => {
					done[chunk]++;
					for (; other.next < taken.length; other.next++) {
						if (taken[other.next]) {
							takeChunks(states.subarray(other.next, other.next + 1), () => done[other.next]++);
						}
					}
				});
				settleChunks(noCheck, states, (chunk) => done[chunk]++);
				expect(done).toEqual(taken.map(() => 1));
			}),
		);
	});

	it("that failed elsewhere are worked on here, and the error is told there", () => {
		const states = createChunkStates(3);
		expect(() =>
			takeChunks(states, (chunk) => {
				if (chunk === 1) {
					throw new Error("out of memory");
				}
			}),
		).toThrow("out of memory");
		const here: number[] = [];
		expect(settleChunks(noCheck, states, (chunk) => here.push(chunk))).toBe(true);
		expect(here).toEqual([1, 2]);
	});

	it("of a thread that never ends them are worked on here", () => {
		const states = createChunkStates(2);
		const here: number[] = [];
		takeChunks(states.subarray(0, 1), () => {
			expect(settleChunks(noCheck, states, (chunk) => here.push(chunk), 1)).toBe(false);
		});
		expect(here).toEqual([0, 1]);
	});
});

describe("chunks that were given up", () => {
	it("are not begun, and the thread at work on one is told", () => {
		const states = createChunkStates(3);
		const done: number[] = [];
		takeChunks(states, (chunk) => {
			done.push(chunk);
			expect(isGivenUp(states, chunk)).toBe(false);
			giveUpChunks(states);
			expect(isGivenUp(states, chunk)).toBe(true);
		});
		takeChunks(states, (chunk) => done.push(chunk));
		expect(done).toEqual([0]);
	});

	it("are those of a thread that is waited for when a check throws", () => {
		const states = createChunkStates(1);
		let checks = 0;
		takeChunks(states, () => {
			const wait = () =>
				settleChunks(
					() => {
						checks++;
						if (checks === 3) {
							throw new Error("cancelled");
						}
					},
					states,
					() => expect.unreachable(),
				);
			expect(wait).toThrow("cancelled");
		});
		expect(checks).toBe(3);
	});
});

describe.runIf(supportsSimd())("kernels with helpers", async () => {
	const serve = await serveKernels();
	const helpers: Record<string, HelperThread> = {
		"one that does all": { postMessage: (message) => serve(structuredClone(message)) },
		"one that never comes": { postMessage: () => {} },
	};
	const alone = await loadSimdKernels();

	// Six eigenproblems by each of three builds: seconds, and many times as long on a machine that is busy.
	it.each(Object.keys(helpers))("return the bytes of one thread: %s", { timeout: 120_000 }, async (name) => {
		const helped = await loadSimdKernels({ helpers: [helpers[name]] });
		const points = cloud(COUNT, DIM);
		const mean = alone.columnMeans(points, COUNT, DIM);
		const scatter = alone.scatterMatrix(points, COUNT, DIM, mean);
		expect(helped.scatterMatrix(points, COUNT, DIM, mean)).toEqual(scatter);
		expect(scatter).toEqual(referenceKernels.scatterMatrix(points, COUNT, DIM, mean));
		for (const count of [0, 1, 5, 150, DIM]) {
			const eigen = alone.symmetricEigen(scatter, DIM, () => count);
			expect(helped.symmetricEigen(scatter, DIM, () => count)).toEqual(eigen);
			expect(eigen).toEqual(referenceKernels.symmetricEigen(scatter, DIM, () => count));
		}
		const { vectors } = alone.symmetricEigen(scatter, DIM);
		for (const components of [120, 257, DIM]) {
			const scores = alone.project(points, COUNT, DIM, mean, vectors, components);
			expect(helped.project(points, COUNT, DIM, mean, vectors, components)).toEqual(scores);
			expect(scores).toEqual(referenceKernels.project(points, COUNT, DIM, mean, vectors, components));
		}
	});

	it("do not meet again what a helper that was given up still writes to", async () => {
		const jobs: { operands: { scatter: Float64Array }; states: Int32Array }[] = [];
		let isSlow = false;
		const slow: HelperThread = {
			postMessage(message) {
				if (!isSlow) {
					return;
				}
				const job = message as (typeof jobs)[number];
				jobs.push(job);
				// It has taken the second chunk, and takes its time.
				job.states[1] = 1;
			},
		};
		const helped = await loadSimdKernels({ helpers: [slow] });
		const points = cloud(COUNT, DIM);
		const mean = alone.columnMeans(points, COUNT, DIM);
		// After this call all its operands have places of their own in the memory that the next one uses again.
		helped.scatterMatrix(points, COUNT, DIM, mean);
		isSlow = true;
		const isOwnChunkDone = () => jobs.length === 1 && jobs[0].states[0] === 2;
		const checked = helped.checked(() => {
			if (isOwnChunkDone()) {
				throw new Error("cancelled");
			}
		});
		expect(() => checked.scatterMatrix(points, COUNT, DIM, mean)).toThrow("cancelled");
		expect(isGivenUp(jobs[0].states, 1)).toBe(true);

		// The next call begins, and then the slow helper writes.
		let writes = 0;
		const disturbed = helped.checked(() => {
			if (jobs.length === 2) {
				jobs[1].states[1] = 0;
				jobs[0].operands.scatter.fill(Number.NaN);
				writes++;
			}
		});
		expect(disturbed.scatterMatrix(points, COUNT, DIM, mean)).toEqual(alone.scatterMatrix(points, COUNT, DIM, mean));
		expect(writes).toBeGreaterThan(0);
	});

	it("are left alone with little work", async () => {
		let messages = 0;
		const helped = await loadSimdKernels({ helpers: [{ postMessage: () => messages++ }] });
		const points = cloud(40, 30);
		const mean = helped.columnMeans(points, 40, 30);
		helped.symmetricEigen(helped.scatterMatrix(points, 40, 30, mean), 30);
		expect(messages).toBe(0);
		const large = cloud(COUNT, DIM);
		helped.scatterMatrix(large, COUNT, DIM, helped.columnMeans(large, COUNT, DIM));
		expect(messages).toBe(1);
	});
});
