import type { Check, Kernels } from "../kernels.ts";
import { resizeBicubic as referenceResizeBicubic } from "../reference/resize.ts";
import { type AxisWeights, axisWeights } from "../reference/resize-weights.ts";
import { copyPixels } from "../steps.ts";
import type { Engine, Workspace } from "./engine.ts";

/** Bytes of pixels that pass through the memory at once. */
const STRIP_BYTES = 2 ** 19;
/** Rows that are narrowed together: they share the loads of the weights. */
const ROW_GROUP = 4;
/** The vectors of a loop may end this far behind a row. */
const OVERHANG = 32;
/** A vector of 32-bit sums holds one pixel. */
const MOST_CHANNELS = 4;

/** See the reference; here both passes run in strips of rows. */
export function createResizeBicubic(engine: Engine, check: Check): Kernels["resizeBicubic"] {
	return (source, width, height, channels, outputWidth, outputHeight) => {
		if (channels > MOST_CHANNELS) {
			return referenceResizeBicubic(check, source, width, height, channels, outputWidth, outputHeight);
		}
		const narrowed =
			outputWidth === width
				? source
				: engine((workspace) => resizeRows(workspace, source, width, height, channels, outputWidth));
		if (outputHeight !== height) {
			return engine((workspace) => resizeColumns(workspace, narrowed, outputWidth * channels, height, outputHeight));
		}
		return narrowed === source ? copyPixels(check, source) : narrowed;
	};
}

function resizeRows(
	workspace: Workspace,
	source: Uint8Array,
	width: number,
	height: number,
	channels: number,
	outputWidth: number,
): Uint8Array {
	const output = new Uint8Array(height * outputWidth * channels);
	const weights = axisWeights(width, outputWidth);
	const axis = new Int32Array(2 * outputWidth);
	for (let x = 0; x < outputWidth; x++) {
		axis[2 * x] = weights.starts[x] * channels;
		axis[2 * x + 1] = pairsOf(weights, x);
	}
	const axisAt = workspace.copyIn(axis);
	const weightsAt = workspace.copyIn(packWeights(weights));
	const weightStride = weightBytes(weights);
	const spread = workspace.copyIn(channelSpread(channels));
	const rowBytes = width * channels;
	const outputBytes = outputWidth * channels;
	const groups = Math.max(1, Math.floor(STRIP_BYTES / (ROW_GROUP * (rowBytes + outputBytes))));
	const stripRows = ROW_GROUP * Math.min(groups, Math.ceil(height / ROW_GROUP));
	const rows = workspace.reserve(stripRows * rowBytes + OVERHANG);
	const results = workspace.reserve(stripRows * outputBytes);
	for (let begin = 0; begin < height; begin += stripRows) {
		workspace.check();
		const end = Math.min(height, begin + stripRows);
		workspace.write(rows, source.subarray(begin * rowBytes, end * rowBytes));
		for (let y = 0; y < end - begin; y += ROW_GROUP) {
			workspace.wasm.resizeRows(
				rows + y * rowBytes,
				rowBytes,
				channels,
				axisAt,
				weightsAt,
				weightStride,
				spread,
				results + y * outputBytes,
				outputBytes,
				outputWidth,
			);
		}
		workspace.read(results, output.subarray(begin * outputBytes, end * outputBytes));
	}
	return output;
}

/** @param rowBytes samples in a row: width times channels. */
function resizeColumns(
	workspace: Workspace,
	source: Uint8Array,
	rowBytes: number,
	height: number,
	outputHeight: number,
): Uint8Array {
	const output = new Uint8Array(outputHeight * rowBytes);
	const weights = axisWeights(height, outputHeight);
	const { starts, lengths } = weights;
	const weightsAt = workspace.copyIn(packWeights(weights));
	const weightStride = weightBytes(weights);
	const mostRows = Math.max(weights.taps + 1, Math.floor(STRIP_BYTES / rowBytes));
	const rows = workspace.reserve(Math.min(mostRows, height + 1) * rowBytes + OVERHANG);
	const result = workspace.reserve(rowBytes + OVERHANG);
	// Source rows in the memory, the last excluded.
	let first = 0;
	let last = 0;
	for (let y = 0; y < outputHeight; y++) {
		workspace.check();
		if (starts[y] + lengths[y] > last) {
			first = starts[y];
			// A row stays free: an odd last row is paired with what lies behind it, at weight 0.
			last = Math.min(height, first + mostRows - 1);
			workspace.write(rows, source.subarray(first * rowBytes, last * rowBytes));
		}
		const at = rows + (starts[y] - first) * rowBytes;
		workspace.wasm.resizeColumn(at, weightsAt + y * weightStride, pairsOf(weights, y), result, rowBytes);
		workspace.read(result, output.subarray(y * rowBytes, (y + 1) * rowBytes));
	}
	return output;
}

function pairsOf({ lengths }: AxisWeights, index: number): number {
	return (lengths[index] + 1) >> 1;
}

/** Bytes of the packed weights of one output pixel. */
function weightBytes({ taps }: AxisWeights): number {
	return ((taps + 1) >> 1) * 8;
}

/** Weights as `assembly/resize.ts` reads them: the high parts of two neighbours, then their low parts. */
function packWeights(axis: AxisWeights): Int32Array {
	const { lengths, weights, taps } = axis;
	const words = weightBytes(axis) / 4;
	const packed = new Int32Array(lengths.length * words);
	for (let i = 0; i < lengths.length; i++) {
		for (let tap = 0; tap < lengths[i]; tap++) {
			const weight = weights[i * taps + tap];
			const word = i * words + (tap & ~1);
			const shift = (tap & 1) << 4;
			packed[word] |= ((weight >> 15) & 0xffff) << shift;
			packed[word + 1] |= (weight & 0x7fff) << shift;
		}
	}
	return packed;
}

/** The swizzle that widens two neighbouring pixels to 16 bits and puts them side by side, channel by channel. */
function channelSpread(channels: number): Uint8Array {
	const spread = new Uint8Array(16).fill(255);
	for (let channel = 0; channel < channels; channel++) {
		spread[4 * channel] = channel;
		spread[4 * channel + 2] = channels + channel;
	}
	return spread;
}
