/** Fractional bits of the fixed-point weights: 32 less 8 for the pixel and 2 for overshoot. */
const PRECISION_BITS = 22;
/** Half the width of the cubic kernel, in pixels of the coarser grid. */
const SUPPORT = 2;
const A = -0.5;

/** The source pixels and fixed-point weights behind each output pixel of one axis. */
interface AxisWeights {
	/** First source pixel. Shape (outputSize,). */
	readonly starts: Int32Array;
	/** Number of source pixels. Shape (outputSize,). */
	readonly lengths: Int32Array;
	/** Shape (outputSize, taps). */
	readonly weights: Int32Array;
	readonly taps: number;
}

/**
 * Antialiased bicubic resize on 8 bits: a horizontal and then a vertical pass, each rounded and clipped. A pass that
 * does not change its side is left out. Equal to Pillow's `Image.resize(BICUBIC)`.
 *
 * Convention: (height, width, channels) row-major; pixel centres at half-integers; a = -0.5; when shrinking the
 * kernel is widened by the scale; weights are cut at the border and renormalised, then rounded to 22 bits.
 * Source: Pillow, src/libImaging/Resample.c.
 */
export function resizeBicubic(
	source: Uint8Array,
	width: number,
	height: number,
	channels: number,
	outputWidth: number,
	outputHeight: number,
): Uint8Array {
	const narrowed = outputWidth === width ? source : resizeRows(source, width, height, channels, outputWidth);
	if (outputHeight !== height) {
		return resizeColumns(narrowed, outputWidth * channels, height, outputHeight);
	}
	return narrowed === source ? source.slice() : narrowed;
}

function resizeRows(
	source: Uint8Array,
	width: number,
	height: number,
	channels: number,
	outputWidth: number,
): Uint8Array {
	const { starts, lengths, weights, taps } = axisWeights(width, outputWidth);
	const output = new Uint8Array(height * outputWidth * channels);
	let target = 0;
	for (let y = 0; y < height; y++) {
		const row = y * width * channels;
		for (let x = 0; x < outputWidth; x++) {
			const first = row + starts[x] * channels;
			const begin = x * taps;
			const end = begin + lengths[x];
			for (let channel = 0; channel < channels; channel++) {
				let sum = 1 << (PRECISION_BITS - 1);
				for (let tap = begin, at = first + channel; tap < end; tap++, at += channels) {
					sum = (sum + Math.imul(source[at], weights[tap])) | 0;
				}
				output[target++] = clip(sum >> PRECISION_BITS);
			}
		}
	}
	return output;
}

/** @param rowLength samples in a row: width times channels. */
function resizeColumns(source: Uint8Array, rowLength: number, height: number, outputHeight: number): Uint8Array {
	const { starts, lengths, weights, taps } = axisWeights(height, outputHeight);
	const output = new Uint8Array(outputHeight * rowLength);
	const sums = new Int32Array(rowLength);
	for (let y = 0; y < outputHeight; y++) {
		sums.fill(1 << (PRECISION_BITS - 1));
		for (let tap = 0; tap < lengths[y]; tap++) {
			const weight = weights[y * taps + tap];
			const row = (starts[y] + tap) * rowLength;
			for (let i = 0; i < rowLength; i++) {
				sums[i] += Math.imul(source[row + i], weight);
			}
		}
		const target = y * rowLength;
		for (let i = 0; i < rowLength; i++) {
			output[target + i] = clip(sums[i] >> PRECISION_BITS);
		}
	}
	return output;
}

function axisWeights(size: number, outputSize: number): AxisWeights {
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

function clip(value: number): number {
	return Math.min(Math.max(value, 0), 255);
}
