import { spawn } from "node:child_process";
import { once } from "node:events";
import { checkDevice } from "@dinoseg/node";
import { createSegmenter } from "@dinoseg/node/segmenter";
import { listSupportedBackends } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { expectError } from "./support/expect-error.ts";

const backends = listSupportedBackends();

describe("a device", () => {
	function expectTold({ message }: Error, device: string): void {
		expect(message).toContain(`got "${device}"`);
		for (const { name } of backends) {
			expect(message).toContain(name);
		}
	}

	it.each(["gpu", "CPU", "", "dml,cpu"])("that is none (%j) is refused with what there is", async (device) => {
		expectTold(await expectError(checkDevice(device), "OPTION_INVALID"), device);
	});

	it.each(["gpu", ""])("that is none (%j) is refused by a segmenter", async (device) => {
		expectTold(await expectError(createSegmenter({ device, cache: false }), "OPTION_INVALID"), device);
	});

	it.each(backends.filter(({ name }) => name !== "cpu").map(({ name }) => name))(
		"%s works or says why not; there is no silent way back to the CPU",
		async (device) => {
			// In a process of its own: onnxruntime writes to the standard error.
			const script = `
				import { checkDevice } from "@dinoseg/node";
import { createSegmenter } from "@dinoseg/node/segmenter";
				const segmenter = await createSegmenter({ device: "${device}", cache: false });
				const image = "${new URL("../../../examples/cat.jpg", import.meta.url).pathname}";
				const told = await segmenter.features(image, { inputSize: 56 }).then(
					(grid) => ["ran", grid.rows * grid.cols],
					(error) => [error.code, error.message],
				);
				console.log(JSON.stringify(told));
				await segmenter.dispose();
			`;
			const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
				cwd: new URL("..", import.meta.url),
				stdio: ["ignore", "pipe", "ignore"],
			});
			let stdout = "";
			child.stdout.on("data", (chunk) => {
				stdout += chunk;
			});
			expect(await once(child, "close")).toEqual([0, null]);
			const [outcome, detail] = JSON.parse(stdout);
			if (outcome !== "ran") {
				expect(outcome).toBe("MODEL_RUN_FAILED");
				expect(detail).toContain(`on the device "${device}"`);
				expect(detail).toContain("Known here: cpu");
			}
		},
	);
});
