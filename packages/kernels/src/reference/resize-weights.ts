/** Fractional bits of the fixed-point weights: 32 less 8 for the pixel and 2 for overshoot. */
export const PRECISION_BITS = 22;
/** Half the width of the cubic kernel, in pixels of the coarser grid. */
const SUPPORT = 2;
const A = -0.5;

/** The source pixels and fixed-point weights behind each output pixel of one axis. */
export interface AxisWeights {
	/** First source pixel. Shape (outputSize,). */
	readonly starts: Int32Array;
	/** Number of source pixels. Shape (outputSize,). */
	readonly lengths: Int32Array;
	/** Shape (outputSize, taps). */
	readonly weights: Int32Array;
	readonly taps: number;
}

/**
 * Weights of Keys' cubic kernel, widened by the scale when shrinking, cut at the border, renormalised and rounded.
 *
 * @param size pixels of the source along the axis.
 * @param outputSize pixels of the result along the axis.
 */
export function axisWeights(size: number, outputSize: number): AxisWeights {
	const scale = size / outputSize;
	const filterScale = Math.max(scale, 1);
	const support = SUPPORT * filterScale;
	const taps = Math.ceil(support) * 2 + 1;
	const starts = new Int32Array(outputSize);
	const lengths = new Int32Array(outputSize);
	const weights = new Int32Array(outputSize * taps);
	const exact = new Float64Array(taps);
	const inverse = 1 / filterScale;
	for (let i = 0; i < outputSize; i++) {
		const center = (i + 0.5) * scale;
		const start = Math.max(0, Math.trunc(center - support + 0.5));
		const length = Math.min(size, Math.trunc(center + support + 0.5)) - start;
		let sum = 0;
		for (let tap = 0; tap < length; tap++) {
			exact[tap] = cubic((tap + start - center + 0.5) * inverse);
			sum += exact[tap];
		}
		for (let tap = 0; tap < length; tap++) {
			const weight = (exact[tap] / sum) * (1 << PRECISION_BITS);
			weights[i * taps + tap] = Math.trunc(weight < 0 ? weight - 0.5 : weight + 0.5);
		}
		starts[i] = start;
		lengths[i] = length;
	}
	return { starts, lengths, weights, taps };
}

/** Keys' cubic convolution kernel, doi:10.1109/TASSP.1981.1163711. */
function cubic(distance: number): number {
	const x = Math.abs(distance);
	if (x < 1) {
		return ((A + 2) * x - (A + 3)) * x * x + 1;
	}
	return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
}
