import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCameraPress, type Press, pinchOf, wheelFactor } from "./camera-gestures.ts";

const LEFT: Press = { pointerType: "mouse", button: 0, touches: 0, isSpaceHeld: false, isHand: false };

describe("presses", () => {
	it.each<[string, Partial<Press>, boolean]>([
		["the left button", {}, false],
		["a pen", { pointerType: "pen" }, false],
		["one finger", { pointerType: "touch", touches: 1 }, false],
		["the right button with the hand", { button: 2, isHand: true }, false],
		["the middle button", { button: 1 }, true],
		["Space and the left button", { isSpaceHeld: true }, true],
		["the hand", { isHand: true }, true],
		["one finger with the hand", { pointerType: "touch", touches: 1, isHand: true }, true],
		["a second finger", { pointerType: "touch", touches: 2 }, true],
	])("%s", (_name, press, expected) => {
		expect(isCameraPress({ ...LEFT, ...press })).toBe(expected);
	});
});

describe("the wheel", () => {
	it("turned there and back leaves the scale as it was", () => {
		fc.assert(
			fc.property(
				fc.double({ min: -1e4, max: 1e4, noNaN: true }),
				fc.nat(2),
				fc.boolean(),
				(deltaY, deltaMode, ctrlKey) => {
					const there = wheelFactor({ deltaY, deltaMode, ctrlKey });
					const back = wheelFactor({ deltaY: -deltaY, deltaMode, ctrlKey });
					expect(there * back).toBeCloseTo(1, 9);
					expect(there).toBeLessThanOrEqual(2.0001);
				},
			),
		);
	});

	it("turned upwards makes larger, by lines as by pixels", () => {
		expect(wheelFactor({ deltaY: -96, deltaMode: 0, ctrlKey: false })).toBeCloseTo(1.212, 3);
		expect(wheelFactor({ deltaY: -6, deltaMode: 1, ctrlKey: false })).toBeCloseTo(1.212, 3);
		expect(wheelFactor({ deltaY: -10, deltaMode: 0, ctrlKey: true })).toBeCloseTo(1.105, 3);
	});
});

it("a pinch keeps both fingers where they are on the picture", () => {
	const pinch = pinchOf(
		[
			{ x: 0, y: 0 },
			{ x: 10, y: 0 },
		],
		[
			{ x: 5, y: 4 },
			{ x: 25, y: 4 },
		],
	);
	expect(pinch).toEqual({ factor: 2, at: { x: 15, y: 4 }, dx: 10, dy: 4 });
});
