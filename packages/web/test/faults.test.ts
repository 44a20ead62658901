import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isFull } from "../../../fixtures/is-full.ts";
import { ENGINES } from "../../core/test/browsers.ts";
import { floatsOf, given, useBuiltPage, usePage } from "./support/pages.ts";

const built = useBuiltPage();
const [CHROMIUM] = ENGINES;
const test = it.skipIf(!CHROMIUM.isInstalled);
const SMALL = { inputSize: 112, clusters: 2 } as const;

async function files(): Promise<ReadonlyMap<string, Uint8Array>> {
	return new Map([["/cat.jpg", await readFile(fileURLToPath(new URL("../../../examples/cat.jpg", import.meta.url)))]]);
}

describe("a segmenter whose worker is ended", () => {
	const used = usePage(CHROMIUM, built, files, { isolated: false });
	const { call } = used;
	/** As a browser does that lacks memory: no error is told. It happens when the next request comes. */
	const end = async () => {
		const worker = used.page.workers().findLast((each) => /\/worker-/.test(each.url()));
		await worker?.evaluate(() => self.addEventListener("message", () => self.close()));
	};

	test("tells it, and goes on with another one", async () => {
		given(await call("open", { device: "wasm", cache: false }));
		await end();
		const { code, message } = (await call("segment", "/cat.jpg", SMALL)) as { code?: string; message?: string };
		expect([code, message]).toEqual(["INTERNAL", expect.stringContaining("the browser ended it")]);
		expect(given(await call("segment", "/cat.jpg", SMALL)).count).toBe(2);
		expect(given(await call("open", { device: "wasm", cache: false })).runtimes.length).toBe(2);
	});

	test("can be disposed of, and starts nothing for that", async () => {
		given(await call("open", { device: "wasm", cache: false, memoryBytes: 1 }));
		await end();
		expect(await call("decode", "/cat.jpg")).toMatchObject({ code: "INTERNAL" });
		expect(await call("disposed")).toBe("disposed");
		expect(used.page.workers().filter((each) => /\/worker-/.test(each.url()))).toEqual([]);
	});

	test("is given up where no other one can be started", async () => {
		given(await call("open", { device: "wasm", cache: false, memoryBytes: 0 }));
		await used.page.setCacheEnabled(false);
		await used.page.setOfflineMode(true);
		try {
			await end();
			const messages: string[] = [];
			for (let time = 0; time < 4; time++) {
				messages.push(((await call("pixels", 8, 8)) as { message?: string }).message ?? "");
			}
			expect(messages[0]).toContain("the browser ended it");
			expect(messages[1]).toContain("its script cannot be loaded");
			expect(messages[3]).toContain("3 times in a row");
		} finally {
			await used.page.setOfflineMode(false);
		}
	});

	test("has one thread in a page that is not isolated, and says so", async () => {
		const { runtime } = given(await call("open", { device: "wasm" }));
		expect(runtime).toEqual({ provider: "wasm", threads: 1, reason: expect.stringContaining("COOP and COEP") });
	});
});

describe("a segmenter on a graphics card that the processor plays", () => {
	const used = usePage(CHROMIUM, built, files, {
		args: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan,WebGPU"],
	});
	const { call } = used;

	// It takes most of a minute: the processor plays the card.
	it.skipIf(!isFull || !CHROMIUM.isInstalled)(
		"is taken only where it gives the tokens of WebAssembly",
		async ({ skip }) => {
			const chosen = given(await call("open", { cache: false }));
			expect(chosen.runtime.provider).toBe("wasm");
			const expected = floatsOf(given(await call("segment", "/cat.jpg", SMALL)).tokens);
			const { runtime } = given(await call("open", { device: "webgpu", cache: false }));
			if (/^WebGPU cannot be used/.test(runtime.reason)) {
				skip(`This Chromium gives no adapter: ${runtime.reason}`);
			}
			const found = floatsOf(given(await call("segment", "/cat.jpg", SMALL)).tokens);
			const difference = found.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at])), 0);
			expect([difference < 1e-3, runtime.reason]).toEqual([true, expect.stringMatching(/^WebGPU gives/)]);
			process.stdout.write(`WebGPU on SwiftShader: ${runtime.provider}. ${runtime.reason}\n`);
		},
	);
});
