import { DinosegError } from "@dinoseg/core/errors";
import { describe, expect, it } from "vitest";
import { printable } from "../dist/progress/printable.js";
import { describeDuration, describeRate, type ProgressEvent } from "../dist/progress/progress.js";
import { createProgressRenderer } from "../dist/progress/renderers.js";

const ESCAPE = "\u001b";
const CLEAR = `${ESCAPE}[K`;

/** What a renderer writes for some events, with a clock that moves one second an event. */
function render(events: readonly ProgressEvent[], stream: { isTTY: boolean; columns?: number }, quiet = false): string {
	let text = "";
	let seconds = 0;
	const renderer = createProgressRenderer({
		stream: {
			...stream,
			write(part: string) {
				text += part;
			},
		},
		now: () => 1000 * seconds++,
		quiet,
		color: false,
	});
	for (const event of events) {
		renderer(event);
	}
	return text;
}

/** What stands on a terminal of that width after the text: wide characters take two columns. */
function screenOf(text: string, columns: number): string[] {
	const lines = [""];
	let width = 0;
	for (const part of text.replaceAll(CLEAR, "\v").split(/([\r\n\v])/)) {
		if (part === "\n") {
			lines.push("");
			width = 0;
		} else if (part === "\r") {
			width = 0;
		} else if (part === "\v") {
			lines[lines.length - 1] = "";
		} else {
			for (const character of part) {
				const step = /[\u1100-\uffdc]/.test(character) && character !== "…" ? 2 : 1;
				if (width + step > columns) {
					lines.push("");
					width = 0;
				}
				lines[lines.length - 1] += character;
				width += step;
			}
		}
	}
	return lines;
}

const run: ProgressEvent[] = [
	{ type: "run-start", total: 2 },
	{ type: "image-start", input: "a.jpg" },
	{ type: "image-stage", input: "a.jpg", stage: "network" },
	{ type: "image-done", input: "a.jpg", summary: "out/a · 6 segments" },
	{ type: "image-start", input: "b.jpg" },
	{ type: "image-failed", input: "b.jpg", error: new DinosegError("INPUT_EMPTY", "b.jpg: zero bytes") },
	{ type: "run-end", summary: "2 images: 1 done, 1 failed" },
];

describe("progress on a terminal", () => {
	it("leaves one line for each picture and the summary", () => {
		const screen = screenOf(render(run, { isTTY: true, columns: 80 }), 80).filter((line) => line !== "");
		expect(screen).toEqual([
			expect.stringMatching(/^\[1\/2\] a\.jpg → out\/a · 6 segments {2}\(.*left\)$/),
			"error b.jpg: zero bytes",
			"2 images: 1 done, 1 failed",
		]);
	});

	it.each([40, 80, 0])("never wraps its status line at %d columns, whatever the script of the names", (columns) => {
		const input = `${"照片".repeat(40)}.jpg`;
		const events: ProgressEvent[] = [
			{ type: "run-start", total: 1 },
			...(["decode", "median", "network"] as const).map((stage) => ({ type: "image-stage", input, stage }) as const),
			{ type: "run-end", summary: "" },
		];
		expect(screenOf(render(events, { isTTY: true, columns }), columns || 80)).toEqual([""]);
	});
});

describe("progress anywhere else", () => {
	it("is plain lines without control characters", () => {
		const text = render(run, { isTTY: false });
		expect(text).not.toContain("\r");
		expect(text).not.toContain(ESCAPE);
		expect(text.trim().split("\n")).toHaveLength(3);
	});

	it("tells only failures when quiet", () => {
		expect(render(run, { isTTY: true }, true)).toBe("error b.jpg: zero bytes\n");
	});

	it("shows control characters of file names instead of sending them", () => {
		expect(printable(`evil${ESCAPE}[31m\nX\u0007\u009b`)).toBe("evil\\x1b[31m\\x0aX\\x07\\x9b");
		expect(printable("größe 照片.jpg")).toBe("größe 照片.jpg");
		const input = `a${ESCAPE}]0;pwn\u0007.png`;
		const events: ProgressEvent[] = [
			{ type: "run-start", total: 1 },
			{ type: "warning", input, warning: { code: "FEWER_SEGMENTS", message: input } },
			{ type: "image-done", input, summary: input },
			{ type: "image-failed", input, error: new DinosegError("INPUT_EMPTY", input) },
		];
		expect(render(events, { isTTY: false })).not.toContain(ESCAPE);
	});
});

describe("rates and durations", () => {
	it.each([
		[{ total: 10, finished: 0, elapsedMs: 500 }, ""],
		[{ total: 10, finished: 5, elapsedMs: 2500 }, "2.0 images/s, 2.5 s left"],
		[{ total: 10, finished: 1, elapsedMs: 20_000 }, "20.0 s/image, 3 min 0 s left"],
		[{ total: 10, finished: 10, elapsedMs: 2500 }, "4.0 images/s"],
	])("%j is %s", (state, text) => {
		expect(describeRate(state)).toBe(text);
	});

	it.each([
		[840, "0.8 s"],
		[10_000, "10 s"],
		[42_400, "42 s"],
		[59_700, "1 min 0 s"],
		[200_000, "3 min 20 s"],
		[3_600_000, "1 h 0 min"],
		[7_500_000, "2 h 5 min"],
	])("%d ms is %s", (milliseconds, text) => {
		expect(describeDuration(milliseconds)).toBe(text);
	});
});
