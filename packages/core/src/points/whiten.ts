import type { Check } from "@dinoseg/kernels";
import { noCheck } from "../abort.ts";
import { checkLength, DinosegError } from "../errors/index.ts";
import { WHITENINGS, type Whitening } from "../options/index.ts";
import type { Matrix } from "../tensor/index.ts";
import { componentVariances } from "./variances.ts";

/**
 * Divide each component by a power of its standard deviation, so that the first ones do not decide everything.
 *
 * Convention: a component without spread stays as it is. Powers are made of square roots, which every engine rounds alike.
 *
 * @param points shape (N, D), columns of mean 0. Not modified.
 * @param power  0 changes nothing, 1 gives every component the variance 1.
 * @param check called between rows; what it throws ends the call. Default: none.
 * @throws DinosegError OPTION_INVALID
 */
export function whitenComponents(points: Matrix, power: Whitening, check: Check = noCheck): Matrix {
	checkPower("whitenComponents", power);
	if (power === 0) {
		return points;
	}
	return divideComponents(points, whiteningDivisors(componentVariances(points, check), power), check);
}

/**
 * What components are divided by: a power of their standard deviation, 1 for one without spread.
 *
 * @param variances shape (D,).
 * @throws DinosegError OPTION_INVALID
 */
export function whiteningDivisors(variances: Float64Array, power: Whitening): Float64Array {
	checkPower("whiteningDivisors", power);
	return variances.map((variance) => (power !== 0 && variance > 0 ? powerOf(Math.sqrt(variance), power) : 1));
}

/**
 * Each component divided by its divisor.
 *
 * @param points   shape (N, D). Not modified.
 * @param divisors not 0. Shape (D,).
 * @throws DinosegError SHAPE_MISMATCH
 */
export function divideComponents(points: Matrix, divisors: Float64Array, check: Check = noCheck): Matrix {
	checkLength("divideComponents", "divisors (D)", divisors, points.cols);
	const { rows, cols } = points;
	const data = new Float32Array(points.data.length);
	for (let row = 0, at = 0; row < rows; row++) {
		check();
		for (let d = 0; d < cols; d++, at++) {
			data[at] = points.data[at] / divisors[d];
		}
	}
	return { data, rows, cols };
}

function checkPower(where: string, power: Whitening): void {
	if (!WHITENINGS.includes(power)) {
		throw new DinosegError("OPTION_INVALID", `${where}: power must be one of ${WHITENINGS.join(", ")}, got ${power}.`, {
			details: { option: "power", value: power },
		});
	}
}

function powerOf(deviation: number, power: Exclude<Whitening, 0>): number {
	switch (power) {
		case 0.25:
			return Math.sqrt(Math.sqrt(deviation));
		case 0.5:
			return Math.sqrt(deviation);
		case 1:
			return deviation;
		default:
			throw power satisfies never;
	}
}
