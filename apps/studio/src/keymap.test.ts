import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ACTIONS, actionOf, type Binding, KEYMAP, type PressedKey } from "./keymap.ts";

const press = (key: string, held: Partial<PressedKey> = {}): PressedKey => ({
	key,
	ctrlKey: false,
	metaKey: false,
	shiftKey: false,
	altKey: false,
	...held,
});

describe("actionOf", () => {
	it("finds each action by each of its keys, so no two have the same", () => {
		for (const action of ACTIONS) {
			const { keys, ctrl = false }: Binding = KEYMAP[action];
			for (const key of keys) {
				const shiftKey = key.length === 1 && key !== key.toLowerCase();
				expect([key, actionOf(press(key, { ctrlKey: ctrl, shiftKey }))]).toEqual([key, action]);
				expect(actionOf(press(key, { metaKey: ctrl, shiftKey }))).toBe(action);
				expect(actionOf(press(key, { ctrlKey: ctrl, shiftKey, altKey: true }))).toBeUndefined();
			}
		}
	});

	it("does the same with Caps Lock", () => {
		fc.assert(
			fc.property(
				fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz"),
				fc.boolean(),
				fc.boolean(),
				(key, ctrlKey, shiftKey) => {
					const [plain, turned] = shiftKey ? [key.toUpperCase(), key] : [key, key.toUpperCase()];
					expect(actionOf(press(turned, { ctrlKey, shiftKey }))).toBe(actionOf(press(plain, { ctrlKey, shiftKey })));
				},
			),
		);
	});

	it("tells undo from redo by Shift", () => {
		for (const key of ["z", "Z"]) {
			expect(actionOf(press(key, { ctrlKey: true }))).toBe("undo");
			expect(actionOf(press(key, { ctrlKey: true, shiftKey: true }))).toBe("redo");
		}
		expect(actionOf(press("y", { metaKey: true }))).toBe("redo");
		// The browser has these.
		expect(["S", "O", "A"].map((key) => actionOf(press(key, { ctrlKey: true, shiftKey: true })))).toEqual([
			undefined,
			undefined,
			undefined,
		]);
	});

	it("takes what is typed with AltGr, whatever else the system says is held", () => {
		for (const held of [{}, { ctrlKey: true, altKey: true }]) {
			expect(actionOf(press("[", { ...held, altGraph: true }))).toBe("smaller");
			expect(actionOf(press("]", { ...held, altGraph: true }))).toBe("larger");
		}
		expect(actionOf(press("[", { altKey: true }))).toBeUndefined();
	});
});
