import { isDinosegError } from "@dinoseg/core/errors";
import { formatOptions, OPTIONS, type Written } from "@dinoseg/core/options";
import { createClient } from "@dinoseg/server/client";
import type { Settings } from "../session/scene.ts";
import type { CreateEngine, EngineCall } from "./engine.ts";
import { followJob } from "./follow-job.ts";
import { askService, errorOfProblem } from "./service-call.ts";
import { readPixels, readTokens } from "./wire.ts";

/** An engine that a service is: it decodes pictures and runs networks. */
export const createEngine: CreateEngine = ({ url, token }) => {
	const client = createClient({ url, ...(token === undefined ? {} : { token }) });

	const send = async (file: Blob, call: EngineCall): Promise<string> => {
		const { data } = await askService(call, () =>
			client.POST("/v1/images", { body: { image: file as never }, ...signalOf(call) }),
		);
		return data.id;
	};

	/** Bytes that an image gives. If the service has forgotten it, it gets the image again. */
	const bytesOf = async (
		path: "/v1/images/{id}/pixels" | "/v1/images/{id}/tokens",
		{ id, file, query }: { readonly id: string; readonly file: Blob; readonly query: object },
		call: EngineCall,
	) => {
		const ask = async () => {
			const { data, response } = await askService(call, () =>
				client.GET(path, {
					params: { path: { id }, query: query as never },
					parseAs: "arrayBuffer",
					...signalOf(call),
				}),
			);
			return { bytes: data as unknown as ArrayBuffer, headers: response.headers };
		};
		try {
			return await ask();
		} catch (error) {
			if (!isDinosegError(error) || error.code !== "RESOURCE_UNKNOWN") {
				throw error;
			}
			await send(file, call);
			return ask();
		}
	};

	return {
		async models(call = {}) {
			const { data } = await askService(call, () => client.GET("/v1/models", signalOf(call)));
			return data.models;
		},
		async pull(model, onProgress, signal) {
			const { data: job } = await askService({ signal }, () =>
				client.POST("/v1/models/{name}/pull", { params: { path: { name: model } }, signal }),
			);
			const params = { params: { path: { id: job.id } } };
			const cancel = (): void => void client.DELETE("/v1/jobs/{id}", params).catch(() => undefined);
			signal.addEventListener("abort", cancel, { once: true });
			try {
				const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
				await followJob(
					`${url}/v1/jobs/${job.id}/events`,
					headers,
					(event) => tellShare(event.data, onProgress),
					signal,
				);
			} finally {
				signal.removeEventListener("abort", cancel);
			}
			const { data, response } = await askService({ signal }, () => client.GET("/v1/jobs/{id}", params));
			if (data.error) {
				throw errorOfProblem(data.error, response.status);
			}
		},
		async open(file, settings, call = {}) {
			const id = await send(file, call);
			const { bytes, headers } = await bytesOf(
				"/v1/images/{id}/pixels",
				{ id, file, query: writtenOptions(settings, ["pixels"]) },
				call,
			);
			return readPixels(id, bytes, headers);
		},
		async tokens({ sha256 }, file, settings, call = {}) {
			const { model, dtype } = settings;
			const query = { ...writtenOptions(settings, ["pixels", "tokens"]), model, dtype };
			const { bytes, headers } = await bytesOf("/v1/images/{id}/tokens", { id: sha256, file, query }, call);
			return readTokens(bytes, headers);
		},
	};
};

function signalOf({ signal }: EngineCall): { readonly signal?: AbortSignal } {
	return signal ? { signal } : {};
}

/** The options that decide a stage: with the others, the same tokens would have many names. */
function writtenOptions({ options }: Settings, stages: readonly string[]): Readonly<Record<string, Written>> {
	const { maxPixels: _, ...written } = formatOptions(options);
	return Object.fromEntries(
		Object.entries(written).filter(([key]) => stages.includes(OPTIONS[key as keyof typeof OPTIONS].stage)),
	);
}

/** How far a download is, where an event tells it. */
function tellShare(data: unknown, onProgress: (share: number) => void): void {
	const { bytes, totalBytes } = data as { readonly bytes?: unknown; readonly totalBytes?: unknown };
	if (typeof bytes === "number" && typeof totalBytes === "number" && totalBytes > 0) {
		onProgress(bytes / totalBytes);
	}
}
