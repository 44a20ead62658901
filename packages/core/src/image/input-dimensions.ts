import { checkInteger, DinosegError, optionName } from "../errors/index.ts";
import { INPUT_SIDE, type InputSize } from "../options/index.ts";

/** Sides of a picture, pixels. */
export interface Dimensions {
	readonly width: number;
	readonly height: number;
}

/**
 * The size at which the network sees a picture.
 *
 * A number is the longer side: the aspect is kept and both sides are rounded to the nearest multiple of the patch
 * (halves upward), at least one patch and at most the largest multiple within the bounds. A width and height are taken as they are.
 *
 * @param image     size of the original.
 * @param inputSize one patch to 4096 pixels; a width and height must be multiples of the patch.
 * @param patchSize side of a patch, pixels.
 * @throws DinosegError OPTION_INVALID, with the nearest allowed size
 */
export function inputDimensions(image: Dimensions, inputSize: InputSize, patchSize: number): Dimensions {
	const bounds = { min: patchSize, max: INPUT_SIDE.max };
	if (typeof inputSize === "number") {
		checkInteger("", optionName("inputSize"), inputSize, bounds);
		const scale = inputSize / Math.max(image.width, image.height);
		return {
			width: nearestAllowed(image.width * scale, bounds, patchSize),
			height: nearestAllowed(image.height * scale, bounds, patchSize),
		};
	}
	const { width, height } = inputSize;
	if (isAllowedSide(width, bounds, patchSize) && isAllowedSide(height, bounds, patchSize)) {
		return { width, height };
	}
	const nearest = [width, height].map((side) => nearestAllowed(side, bounds, patchSize)).join("x");
	throw new DinosegError(
		"OPTION_INVALID",
		`Both sides of ${optionName("inputSize")} must be multiples of the patch (${patchSize}) from ${bounds.min} to ` +
			`${bounds.max}, got ${width}x${height}. The nearest allowed size is ${nearest}.`,
		{ details: { option: "inputSize", value: `${width}x${height}`, nearest } },
	);
}

function isAllowedSide(side: number, bounds: { min: number; max: number }, patchSize: number): boolean {
	return side >= bounds.min && side <= bounds.max && side % patchSize === 0;
}

function nearestAllowed(side: number, bounds: { min: number; max: number }, patchSize: number): number {
	const clamped = Math.min(Math.max(side, bounds.min), bounds.max);
	const nearest = nearestMultiple(Number.isFinite(clamped) ? clamped : bounds.min, patchSize);
	return nearest > bounds.max ? nearest - patchSize : nearest;
}

function nearestMultiple(length: number, patchSize: number): number {
	return Math.max(1, Math.round(length / patchSize)) * patchSize;
}
