/** Which movements of pointers and wheels are the camera's, and how far they go. */

/** A pointer that goes down. */
export interface Press {
	readonly pointerType: string;
	/** 0: left, or a finger; 1: middle. */
	readonly button: number;
	/** Fingers on the screen, this one included. */
	readonly touches: number;
	readonly isSpaceHeld: boolean;
	/** The tool is the hand. */
	readonly isHand: boolean;
}

/**
 * Whether a press moves the camera: the middle button, or with Space held, or with the hand, or a second finger. All others
 * are the tool's.
 */
export function isCameraPress({ pointerType, button, touches, isSpaceHeld, isHand }: Press): boolean {
	const isMain = button === 0;
	return (pointerType === "mouse" && button === 1) || (isMain && (isSpaceHeld || isHand || touches >= 2));
}

/** A turn of a wheel, as `WheelEvent` tells it. */
export interface WheelTurn {
	readonly deltaY: number;
	/** 0: pixels; 1: lines; 2: pages. */
	readonly deltaMode: number;
	/** A touchpad tells a pinch so. */
	readonly ctrlKey: boolean;
}

/** CSS pixels of what a wheel counts in. */
const WHEEL_UNITS = [1, 16, 400];
/** Exponents for a CSS pixel: a notch of a wheel, 100 to 120 of them, is a quarter; pinches count in small steps. */
const WHEEL_RATE = 0.002;
const PINCH_RATE = 0.01;
/** No turn is more than a doubling, whatever the device. */
const MOST_WHEEL = Math.LN2;

/** By how much a turn of the wheel multiplies the scale. */
export function wheelFactor({ deltaY, deltaMode, ctrlKey }: WheelTurn): number {
	const exponent = -deltaY * (WHEEL_UNITS[deltaMode] ?? 1) * (ctrlKey ? PINCH_RATE : WHEEL_RATE);
	return Math.exp(Math.min(Math.max(exponent, -MOST_WHEEL), MOST_WHEEL));
}

/** A place on the screen. */
interface Place {
	readonly x: number;
	readonly y: number;
}

/** What two fingers did to the picture between them. */
export interface Pinch {
	/** By how much the scale is multiplied. */
	readonly factor: number;
	/** Where it is now. */
	readonly at: Place;
	readonly dx: number;
	readonly dy: number;
}

/** How a pinch goes on when fingers move. @param before and after: two fingers each. */
export function pinchOf(before: readonly [Place, Place], after: readonly [Place, Place]): Pinch {
	const from = middle(before);
	const at = middle(after);
	const distance = ([first, second]: readonly [Place, Place]) => Math.hypot(first.x - second.x, first.y - second.y);
	// Fingers that touch each other would tear it apart.
	return {
		factor: Math.max(distance(after), 1) / Math.max(distance(before), 1),
		at,
		dx: at.x - from.x,
		dy: at.y - from.y,
	};
}

function middle([first, second]: readonly [Place, Place]): Place {
	return { x: (first.x + second.x) / 2, y: (first.y + second.y) / 2 };
}
