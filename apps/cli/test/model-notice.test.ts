import { mkdir } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { tellBundledModel } from "../dist/commands/model-notice.js";
import { createSandbox, examplePath } from "./harness.ts";

const NOTICE = "not DINOv2";

describe("the notice about the bundled model", () => {
	const cat = examplePath("cat.jpg");

	it.each([
		["segment", cat],
		["features", cat],
		["bench", cat, "--runs", "1"],
		["evaluate", "--truth", "truth", "--dataset", "generic", "--images", "photos"],
	])("stands on a terminal, for people: %s", async (...command) => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("photos"));
		await mkdir(sandbox.path("truth"));
		const grey = sharp({ create: { width: 28, height: 28, channels: 3, background: "grey" } });
		await grey.clone().toFile(sandbox.path("photos/a.png"));
		await grey.clone().toColourspace("b-w").toFile(sandbox.path("truth/a.png"));
		const result = await sandbox.onTerminal(...command, "--input-size", "112", "--median", "0");
		expect(result.code, result.stderr).toBe(0);
		expect(result.stderr.split(NOTICE)).toHaveLength(2);
	});

	it("is not in a log, nor where only failures are told", async () => {
		await using sandbox = await createSandbox();
		const command = ["features", cat, "--input-size", "112"];
		const piped = await sandbox.dinoseg(...command);
		expect(piped.code, piped.stderr).toBe(0);
		expect(piped.stderr).not.toContain(NOTICE);
		const quiet = await sandbox.onTerminal(...command, "--force", "--quiet");
		expect(quiet).toMatchObject({ code: 0, stdout: "", stderr: "" });
	});

	it("is not of any other model", () => {
		const written: string[] = [];
		const stderr = { isTTY: true, write: (text: string) => written.push(text) };
		tellBundledModel({ stderr } as never, { bundled: false }, {});
		expect(written).toEqual([]);
		tellBundledModel({ stderr } as never, { bundled: true }, {});
		expect(written).toHaveLength(1);
	});
});
