import { type HelperThread, loadKernels, loadSimdKernels, supportsSimd } from "@dinoseg/kernels";
import { startKernelHelpers } from "@dinoseg/node";
import { describe, expect, it } from "vitest";
import { useLiveWorkers } from "./support/live-workers.ts";

const workers = useLiveWorkers();

const COUNT = 400;
const DIM = 300;

function cloud(): Float32Array {
	return Float32Array.from({ length: COUNT * DIM }, (_, i) => Math.sin(i * 12.9898) * ((i % DIM) + 1));
}

/** State of a chunk that the thread which asked for it does not want any more. */
const GIVEN_UP = 3;

/** Longer than a thread takes to start on a machine that is busy with other tests. */
const START_MS = 30_000;

/** Waits until the thread has taken the first chunk of a job, so that it surely takes part. */
function patient(thread: HelperThread): HelperThread & { jobs: string[] } {
	const jobs: string[] = [];
	return {
		jobs,
		postMessage(message) {
			const { name, states } = message as { name: string; states: Int32Array };
			thread.postMessage(message);
			if (Atomics.wait(states, 0, 0, START_MS) !== "timed-out") {
				jobs.push(name);
			}
		},
	};
}

describe.runIf(supportsSimd())("kernel helpers", () => {
	it("take part in every shared job, and the bytes are those of one thread", async () => {
		const started = startKernelHelpers(2);
		try {
			const threads = started.threads.map(patient);
			const helped = await loadKernels({ helpers: threads });
			const alone = await loadSimdKernels();
			const points = cloud();
			const results = [alone, helped].map((kernels) => {
				const mean = kernels.columnMeans(points, COUNT, DIM);
				const scatter = kernels.scatterMatrix(points, COUNT, DIM, mean);
				const eigen = kernels.symmetricEigen(scatter, DIM, () => 200);
				return { scatter, eigen, scores: kernels.project(points, COUNT, DIM, mean, eigen.vectors, 200) };
			});
			expect(results[1]).toEqual(results[0]);
			const all = ["scatterPanels", "solveHalves", "makeVectors", "projectRows"];
			expect(new Set(threads.flatMap(({ jobs }) => jobs))).toEqual(new Set(all));
			expect(workers.live).toBe(2);
		} finally {
			await started.stop();
		}
		expect(workers.live).toBe(0);
	});

	it("stop where they are when the call that they help is cancelled, and the next call has its bytes", async () => {
		const started = startKernelHelpers(1);
		try {
			const messages: { operands: { scatter: Float64Array }; states: Int32Array }[] = [];
			const watched: HelperThread = {
				postMessage(message) {
					const job = message as (typeof messages)[number];
					started.threads[0].postMessage(job);
					// Who takes a chunk tells nobody: look every millisecond.
					for (let waited = 0; waited < START_MS && Atomics.load(job.states, 0) === 0; waited++) {
						Atomics.wait(job.states, 0, 0, 1);
					}
					messages.push(job);
				},
			};
			const helped = await loadKernels({ helpers: [watched] });
			const alone = await loadSimdKernels();
			// So much work that this thread throws long before the other one could end its part.
			const [count, dim] = [4000, 1200];
			const large = Float32Array.from({ length: count * dim }, (_, i) => (i * 7919) % 1009);
			const checked = helped.checked(() => {
				if (messages.length > 0) {
					throw new Error("cancelled");
				}
			});
			const largeMean = alone.columnMeans(large, count, dim);
			expect(() => checked.scatterMatrix(large, count, dim, largeMean)).toThrow("cancelled");
			const { operands, states } = messages[0];
			expect([...states]).toEqual([GIVEN_UP, GIVEN_UP]);

			const points = cloud();
			const mean = alone.columnMeans(points, COUNT, DIM);
			expect(helped.scatterMatrix(points, COUNT, DIM, mean)).toEqual(alone.scatterMatrix(points, COUNT, DIM, mean));
			expect(messages.length).toBe(2);
			// The helper came to the second call, so it had left the first one: without having written a result.
			expect(operands.scatter.every((value) => value === 0)).toBe(true);
		} finally {
			await started.stop();
		}
	});

	it("that have ended are not missed", async () => {
		const started = startKernelHelpers(1);
		await started.stop();
		const helped = await loadKernels({ helpers: started.threads });
		const alone = await loadSimdKernels();
		const points = cloud();
		const mean = alone.columnMeans(points, COUNT, DIM);
		expect(helped.scatterMatrix(points, COUNT, DIM, mean)).toEqual(alone.scatterMatrix(points, COUNT, DIM, mean));
	});
});
