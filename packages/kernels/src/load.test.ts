import { expect, it } from "vitest";
import { backends } from "../../../fixtures/kernels.ts";
import { loadKernels } from "./load.ts";

it("gives the fastest build that runs here, the same to every caller", async () => {
	const kernels = await loadKernels();
	expect(kernels.name).toBe(backends.at(-1)?.name);
	expect(await loadKernels()).toBe(kernels);
});
