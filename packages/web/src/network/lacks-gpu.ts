import type { Device } from "./choose-runtime.ts";

/** The part of WebGPU that tells whether there is a graphics card. Source: https://www.w3.org/TR/webgpu/#gpu-interface */
interface Gpu {
	requestAdapter(): Promise<{ readonly info?: { readonly isFallbackAdapter?: boolean } } | null>;
}

/**
 * Whether WebGPU has a graphics card. One that the processor plays is slower than WebAssembly: it is taken only where it is
 * asked for.
 *
 * @returns undefined where it has; else why not, as the end of a sentence.
 */
export async function lacksGpu(device: Device): Promise<string | undefined> {
	const { gpu } = navigator as { readonly gpu?: Gpu };
	if (gpu === undefined) {
		return "this browser, or a page that was not loaded securely, has none";
	}
	try {
		const adapter = await gpu.requestAdapter();
		if (adapter === null) {
			return "the browser finds no graphics card for it";
		}
		return adapter.info?.isFallbackAdapter === true && device === "auto"
			? "the processor plays the graphics card, which is slower than WebAssembly"
			: undefined;
	} catch (cause) {
		return (cause as Error).message;
	}
}
