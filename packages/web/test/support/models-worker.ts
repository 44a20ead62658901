/** The worker of the test's page: it does what the page asks of a store of models. */
import { errorToJson } from "@dinoseg/core/errors";
import { createModelStore, type ModelStoreOptions } from "../../src/models/index.ts";

interface Call {
	readonly id: number;
	readonly method: "pull" | "list" | "open" | "remove";
	readonly name: string;
	readonly options: ModelStoreOptions;
	/** Cancel a pull once so many bytes are there. */
	readonly abortAt?: number;
}

const scope = globalThis as unknown as Worker;

async function answer({ method, name, options, abortAt = Number.POSITIVE_INFINITY }: Call): Promise<unknown> {
	const store = createModelStore(options);
	if (method === "pull") {
		const controller = new AbortController();
		return store.pull(name, {
			signal: controller.signal,
			onEvent: (event) => {
				scope.postMessage({ event });
				if (event.type === "progress" && event.bytes >= abortAt) {
					controller.abort();
				}
			},
		});
	}
	if (method === "open") {
		const { files, ...model } = await store.open(name);
		const hashes: [string, string, string][] = [];
		for (const [file, { blob, sha256 }] of files) {
			const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
			const actual = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
			hashes.push([file, sha256, actual]);
		}
		return { ...model, hashes };
	}
	return method === "list" ? store.list() : store.remove(name);
}

scope.addEventListener("message", async ({ data }: MessageEvent<Call>) => {
	try {
		scope.postMessage({ id: data.id, value: await answer(data) });
	} catch (error) {
		scope.postMessage({ id: data.id, error: errorToJson(error) });
	}
});
