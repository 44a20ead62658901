import { describe, expect, it } from "vitest";
import { chooseRuntime, type RuntimeProbes } from "./choose-runtime.ts";

const BROWSER: RuntimeProbes = {
	lacksGpu: async () => undefined,
	isIsolated: true,
	mostThreads: 4,
	testGpu: async () => 1e-6,
};

function neverAsked(): never {
	throw new Error("nobody should ask for this");
}

describe("chooseRuntime", () => {
	it("takes WebGPU where it gives what WebAssembly gives", async () => {
		expect(await chooseRuntime("auto", "fp32", BROWSER)).toMatchObject({ provider: "webgpu", threads: 1 });
	});

	it.each([
		["differs", async () => 0.02, /other tokens .* 0\.020/],
		["gives what is no number", async () => Number.NaN, /other tokens .* NaN/],
		["fails", async () => Promise.reject(new Error("the device was lost")), /failed its test \(the device was lost\)/],
	])("takes WebAssembly where the test of WebGPU %s, and says why", async (_, testGpu, reason) => {
		const runtime = await chooseRuntime("auto", "fp32", { ...BROWSER, testGpu });
		expect(runtime).toEqual({ provider: "wasm", threads: 4, reason: expect.stringMatching(reason) });
	});

	it("does not test a graphics card that is not there, not wanted, or of no use", async () => {
		const probes = { ...BROWSER, testGpu: neverAsked };
		const lacking = { ...probes, lacksGpu: async () => "this browser has none" };
		expect((await chooseRuntime("auto", "fp32", lacking)).reason).toBe("WebGPU cannot be used: this browser has none.");
		expect((await chooseRuntime("wasm", "fp32", probes)).reason).toBe("");
		expect((await chooseRuntime("webgpu", "int8", probes)).reason).toBe("Weights in 8 bits run by WebAssembly.");
	});

	it("has one thread where the page is not isolated", async () => {
		const alone = await chooseRuntime("wasm", "fp32", { ...BROWSER, isIsolated: false });
		expect(alone).toEqual({ provider: "wasm", threads: 1, reason: expect.stringContaining("COOP and COEP") });
	});
});
