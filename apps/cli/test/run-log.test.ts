import { DinosegError } from "@dinoseg/core/errors";
import { describe, expect, it } from "vitest";
import { describeBytes } from "../dist/progress/bytes.js";
import { createRunLog } from "../dist/progress/run-log.js";

describe("the log of a run", () => {
	const failure = new DinosegError("INPUT_EMPTY", "b.jpg: zero bytes");

	it.each([true, false])("tells failures from successes, JSON asked for: %s", (json) => {
		const { log } = logOf(json);
		log.done("a.jpg", "out/a");
		log.failed("b.jpg", failure);
		log.present("c.jpg", "out/c");
		expect([log.dones(), log.failures(), log.presents()]).toEqual([1, 1, 1]);
		expect(log.failedInputs()).toMatchObject([{ input: "b.jpg", error: { code: "INPUT_EMPTY" } }]);
	});

	it("prints what was done in the order that is asked for, whatever came first", () => {
		const { log, printed } = logOf(true);
		log.present({ input: "s.tif", page: 2 }, "out/s-2");
		log.failed("b.jpg", failure);
		log.done({ input: "s.tif", page: 1 }, "out/s-1");
		log.done("a.jpg", "out/a");
		log.finish(["a.jpg", "b.jpg", { input: "s.tif", page: 1 }, { input: "s.tif", page: 2 }], { skipped: {} });
		expect(JSON.parse(printed())).toEqual({
			results: [
				{ input: "a.jpg", output: "out/a", status: "done" },
				{ input: "b.jpg", output: null, status: "failed", error: { code: "INPUT_EMPTY", message: failure.message } },
				{ input: "s.tif", page: 1, output: "out/s-1", status: "done" },
				{ input: "s.tif", page: 2, output: "out/s-2", status: "present" },
			],
			skipped: {},
		});
	});

	it("prints nothing that was not asked for", () => {
		const { log, printed } = logOf(false);
		log.done("a.jpg", "out/a");
		log.finish(["a.jpg"]);
		expect(printed()).toBe("");
	});
});

describe("describeBytes", () => {
	it.each([
		[0, "0 B"],
		[999, "999 B"],
		[1000, "1.0 kB"],
		[99_499, "99.5 kB"],
		[99_500, "100 kB"],
		[999_499, "999 kB"],
		[999_500, "1.0 MB"],
		[1.2e9, "1.2 GB"],
		[5e15, "5000 TB"],
	])("tells %d as %s", (bytes, text) => {
		expect(describeBytes(bytes)).toBe(text);
	});
});

function logOf(json: boolean) {
	let stdout = "";
	const context = {
		stdout: { write: (text: string) => (stdout += text) },
		stderr: { write: () => undefined },
		env: {},
		now: () => 0,
	};
	return { log: createRunLog(context as never, { json, quiet: true }), printed: () => stdout };
}
