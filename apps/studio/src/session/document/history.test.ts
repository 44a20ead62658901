import { describe, expect, it } from "vitest";
import { History, type HistoryEntry } from "./history.ts";

/** Writes down what is asked of it. */
function entry(name: string, log: string[], bytes = 1, isJoined = false): HistoryEntry {
	const say = (what: string) => () => {
		log.push(`${what} ${name}`);
		return [{ x: 0, y: 0, width: 1, height: name.length }];
	};
	return {
		bytes,
		isEmpty: false,
		undo: say("undo"),
		redo: say("redo"),
		join: (next) => (isJoined ? { ...next, undo: say(`join, undo`) } : undefined),
	};
}

describe("History", () => {
	it("takes steps back and does them again, in their order", () => {
		const log: string[] = [];
		const history = new History(100);
		history.push(entry("a", log), "A");
		history.push(entry("b", log), "B");
		expect([history.undoLabel, history.redoLabel]).toEqual(["B", undefined]);
		history.undo();
		expect([history.undoLabel, history.redoLabel]).toEqual(["A", "B"]);
		expect(history.undo()).toEqual([{ x: 0, y: 0, width: 1, height: 1 }]);
		expect(history.undo()).toBeUndefined();
		history.redo();
		history.redo();
		expect(history.redo()).toBeUndefined();
		expect(log).toEqual(["undo b", "undo a", "redo a", "redo b"]);
	});

	it("forgets what was taken back once something else is done", () => {
		const history = new History(100);
		history.push(entry("a", []), "A", 1);
		history.undo();
		history.push(entry("b", []), "B", 1);
		expect([history.undoLabel, history.redoLabel]).toEqual(["B", undefined]);
		history.undo();
		expect(history.undo()).toBeUndefined();
	});

	it("makes one step of a gesture", () => {
		const log: string[] = [];
		const history = new History(100);
		history.push(entry("a", log), "A", 7);
		history.push(entry("b", log, 1, true), "B", 7);
		history.push(entry("c", log), "C", 7);
		history.push(entry("d", log), "D", 8);
		history.push(entry("e", log), "E");
		history.push(entry("f", log), "F");
		for (let step = 0; step < 4; step++) {
			history.undo();
		}
		expect(log).toEqual(["undo f", "undo e", "undo d", "join, undo b", "undo a"]);
		expect([history.undoLabel, history.redoLabel]).toEqual([undefined, "C"]);
		history.redo();
		expect(log.slice(5)).toEqual(["redo a", "redo c"]);
	});

	it("lets the oldest steps go where memory ends, and never the last", () => {
		const log: string[] = [];
		const history = new History(10);
		for (const [name, bytes] of [
			["a", 4],
			["b", 4],
			["c", 4],
		] as const) {
			history.push(entry(name, log, bytes), name);
		}
		while (history.undo()) {}
		expect(log).toEqual(["undo c", "undo b"]);
		history.push(entry("d", log, 99), "d");
		expect(history.undoLabel).toBe("d");
	});
});
