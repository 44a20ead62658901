import { readFileSync } from "node:fs";
import { digestJob } from "./digest-job.ts";

/** The kernels that a job is digested with. Helped: the SIMD build with a thread that helps, which a page cannot wait for. */
export type Build = "reference" | "simd" | "helped";

/**
 * The modules of a page that digests jobs, by name. Texts, not functions: the test runner rewrites imports in functions.
 *
 * `digest(build, name, job)` of `job.js` digests a job where it is called, `digestInWorker` of `page.js` in a worker.
 * Both fetch the input of the job from `/name/picture` and `/name/tokens`.
 */
export const PAGE_MODULES = {
	"pipeline.js": readFileSync(new URL("./pipeline.ts", import.meta.url), "utf8"),
	"job.js": `
		import * as core from "/pipeline.js";
		import { loadSimdKernels, referenceKernels } from "@dinoseg/kernels";

		const digestJob = ${digestJob};
		const fetchBytes = async (path) => (await fetch(path)).arrayBuffer();

		export async function digest(build, name, job) {
			const picture = new Uint8Array(await fetchBytes("/" + name + "/picture"));
			const tokens = new Float32Array(await fetchBytes("/" + name + "/tokens"));
			const digestWith = (kernels) => digestJob(core, kernels, job, { picture, tokens });
			switch (build) {
				case "reference":
					return digestWith(referenceKernels);
				case "simd":
					return digestWith(await loadSimdKernels());
				case "helped":
					return withHelper(async (helper) => digestWith(await loadSimdKernels({ helpers: [helper] })));
			}
		}

		/** The helper is waited for until it has taken the first chunk of each job, so that it surely takes part. */
		async function withHelper(use) {
			const worker = new Worker("/helper.js", { type: "module" });
			try {
				await new Promise((resolve, reject) => {
					worker.onmessage = resolve;
					worker.onerror = ({ message }) => reject(new Error("helper.js: " + message));
				});
				let jobs = 0;
				const result = await use({
					postMessage(message) {
						worker.postMessage(message);
						if (Atomics.wait(message.states, 0, 0, 30_000) === "timed-out") {
							throw new Error("the helper took no part in " + message.name);
						}
						jobs++;
					},
				});
				if (jobs === 0) {
					throw new Error("there was nothing to help with");
				}
				return result;
			} finally {
				worker.terminate();
			}
		}`,
	"helper.js": `
		import { serveKernels } from "@dinoseg/kernels";

		const serve = await serveKernels();
		onmessage = ({ data }) => serve(data);
		postMessage("ready");`,
	"worker.js": `
		import { digest } from "/job.js";

		onmessage = ({ data }) => {
			digest(...data).then((digests) => postMessage({ digests }), (error) => postMessage({ error: error.stack }));
		};`,
	"page.js": `
		import { loadKernels } from "@dinoseg/kernels";

		export const nameKernels = async () => (await loadKernels()).name;

		let worker;

		/** One call after the other. */
		export function digestInWorker(...call) {
			worker ??= new Worker("/worker.js", { type: "module" });
			return new Promise((resolve, reject) => {
				worker.onmessage = ({ data: { digests, error } }) => error ? reject(new Error(error)) : resolve(digests);
				worker.onerror = ({ message }) => reject(new Error("worker.js: " + message));
				worker.postMessage(call);
			});
		}`,
};
