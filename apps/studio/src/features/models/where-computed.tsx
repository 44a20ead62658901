import type { Runtime } from "@dinoseg/web";
import { useEffect, useState } from "preact/hooks";
import { IS_STATIC } from "../../app/static-build.ts";
import { activePicture, useStudio } from "../../app/store.ts";
import { sessionOf } from "../../app/work.ts";

const PROVIDERS = { webgpu: "WebGPU", wasm: "WebAssembly" } as const;

/** What the network of the picture runs on, and why. */
export function WhereComputed() {
	const model = useStudio((state) => activePicture(state)?.scene?.settings.model);
	const [runtime, setRuntime] = useState<Runtime>();
	useEffect(() => {
		if (IS_STATIC && model !== undefined) {
			// Who asks for segments is told of what fails.
			sessionOf()
				.call("runtime", [])
				.then(setRuntime, () => undefined);
		}
	}, [model]);
	if (!IS_STATIC) {
		return <p className="hint">It runs on the service.</p>;
	}
	return runtime ? <p className="hint">{describe(runtime)}</p> : undefined;
}

function describe({ provider, threads, reason }: Runtime): string {
	const how = provider === "wasm" ? `, ${threads === 1 ? "one thread" : `${threads} threads`}` : "";
	return `It runs in this page: ${PROVIDERS[provider]}${how}. ${reason}`;
}
