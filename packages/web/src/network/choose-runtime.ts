import type { Dtype } from "@dinoseg/core/options";
import type { Provider, Runtime } from "./runtime.ts";

/** What a network may run on: `auto` takes WebGPU where it computes what WebAssembly does. */
export type Device = "auto" | Provider;

export const DEVICES: readonly Device[] = ["auto", "webgpu", "wasm"];

/** What is known of the browser. */
export interface RuntimeProbes {
	/** Undefined where there is a graphics card for WebGPU; else why not, as the end of a sentence. */
	lacksGpu(): Promise<string | undefined>;
	/** Whether threads can share memory. */
	readonly isIsolated: boolean;
	/** Threads that a network may have; 1 where more did not start. */
	readonly mostThreads: number;
	/**
	 * Run a part of the model on the graphics card and by WebAssembly.
	 *
	 * @returns the largest difference of their tokens, as a share of the largest token.
	 */
	testGpu(): Promise<number>;
}

/** What single precision in another order of additions changes is a hundredth of this. */
const MOST_DIFFERENCE = 1e-3;

/**
 * Choose what networks run on: WebGPU if its test passes, else WebAssembly, with threads where the page is isolated from
 * those of other origins. Weights in 8 bits run by WebAssembly alone.
 */
export async function chooseRuntime(device: Device, dtype: Dtype, probes: RuntimeProbes): Promise<Runtime> {
	const refused = await whyNoGpu(device, dtype, probes);
	return refused === undefined
		? { provider: "webgpu", threads: 1, reason: "WebGPU gives the tokens that WebAssembly gives." }
		: onProcessor(refused, probes);
}

/** @param refused why not the graphics card, as a sentence; empty where nobody asked for it. */
export function onProcessor(
	refused: string,
	{ isIsolated, mostThreads }: Pick<RuntimeProbes, "isIsolated" | "mostThreads">,
): Runtime {
	const threads = isIsolated ? mostThreads : 1;
	const more = mostThreads === 1 ? "The machine has one core, or more threads did not start." : "";
	const alone = isIsolated ? more : "The page is not isolated (COOP and COEP), so there is one thread.";
	return { provider: "wasm", threads, reason: [refused, alone].filter(Boolean).join(" ") };
}

async function whyNoGpu(device: Device, dtype: Dtype, probes: RuntimeProbes): Promise<string | undefined> {
	if (device === "wasm") {
		return "";
	}
	if (dtype === "int8") {
		return "Weights in 8 bits run by WebAssembly.";
	}
	const lack = await probes.lacksGpu();
	if (lack !== undefined) {
		return `WebGPU cannot be used: ${lack}.`;
	}
	try {
		const difference = await probes.testGpu();
		return difference <= MOST_DIFFERENCE
			? undefined
			: `WebGPU gives other tokens than WebAssembly here (by ${difference.toPrecision(2)}), so it is not used.`;
	} catch (cause) {
		return `WebGPU failed its test (${(cause as Error).message}), so it is not used.`;
	}
}
