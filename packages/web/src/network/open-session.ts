import { DinosegError } from "@dinoseg/core/errors";
import { NETWORK_OUTPUTS, type NetworkTensor, PIXELS_INPUT } from "@dinoseg/core/model";
import type { Onnxruntime, Provider } from "./runtime.ts";

/** A network that is loaded. */
export interface Session {
	/**
	 * @param inputs its pixels and places, by name.
	 * @throws DinosegError MODEL_RUN_FAILED
	 */
	run(
		inputs: Readonly<Record<string, NetworkTensor>>,
	): Promise<{ readonly tokens: Float32Array; readonly norms: Float32Array }>;
	release(): Promise<void>;
}

/**
 * Load a network.
 *
 * @param graph   an ONNX model as `buildNetworkGraph` makes it.
 * @param weights the files that it names.
 * @throws DinosegError MODEL_RUN_FAILED
 */
export async function openSession(
	{ InferenceSession, Tensor }: Onnxruntime,
	provider: Provider,
	graph: Uint8Array,
	weights: ReadonlyMap<string, Blob | Uint8Array>,
): Promise<Session> {
	const session = await InferenceSession.create(graph, {
		executionProviders: [provider],
		graphOptimizationLevel: "all",
		logSeverityLevel: 4,
		externalData: Array.from(weights, ([path, data]) => ({ path, data })),
	}).catch((cause) => failed("load the network", cause));
	return {
		async run(inputs) {
			const feeds = Object.entries(inputs).map(
				([name, { data, shape }]) => [name, new Tensor("float32", data, shape)] as const,
			);
			const tensors = Object.fromEntries(feeds);
			const outputs = await session.run(tensors).catch((cause) => {
				throw failed(`run the network on pixels (${inputs[PIXELS_INPUT]?.shape.join(", ")})`, cause);
			});
			try {
				const [tokens, norms] = [NETWORK_OUTPUTS.tokens, NETWORK_OUTPUTS.norms].map(
					(name) => new Float32Array(outputs[name].data as Float32Array),
				);
				return { tokens, norms };
			} finally {
				for (const tensor of [...Object.values(outputs), ...Object.values(tensors)]) {
					tensor.dispose();
				}
			}
		},
		release: () => session.release(),
	};
}

function failed(what: string, cause: unknown): never {
	const reason = cause instanceof Error ? cause.message : String(cause);
	throw new DinosegError(
		"MODEL_RUN_FAILED",
		`onnxruntime-web could not ${what}: ${reason}. If memory ran out, use a smaller input size or model.`,
		{ cause },
	);
}
