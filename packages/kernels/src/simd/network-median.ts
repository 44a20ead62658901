import type { Pixels } from "../kernels.ts";
import { clampIndex } from "../reference/rank-filters.ts";
import type { Workspace } from "./engine.ts";

/** Bytes of output that are made between two copies: few enough that a strip stays in the processor's cache. */
const STRIP_BYTES = 2 ** 18;
/** The vectors of a loop may end this far behind a row. */
const OVERHANG = 32;

/**
 * Median over 3 x 3 or 5 x 5 pixels by a network of minima and maxima, in strips of whole rows.
 *
 * Source: sorted columns, then rows, as for 3 x 3 in Smith 1996, "Implementing median filters in XC4000E FPGAs".
 *
 * @param output overwritten. Shape (height, width, channels).
 */
export function networkMedian<T extends Pixels>(
	workspace: Workspace,
	source: T,
	output: T,
	width: number,
	height: number,
	channels: number,
	window: 3 | 5,
): void {
	const radius = window >> 1;
	const step = channels * source.BYTES_PER_ELEMENT;
	const rowBytes = width * step;
	const rowLength = width * channels;
	const stripRows = Math.min(height, Math.max(1, Math.floor(STRIP_BYTES / rowBytes)));
	const stride = rowBytes + 2 * radius * step + OVERHANG;
	const planes = workspace.reserve(window * stride);
	const rows = workspace.reserve((stripRows + 2 * radius) * rowBytes + OVERHANG);
	const results = workspace.reserve(stripRows * rowBytes + OVERHANG);
	for (let begin = 0; begin < height; begin += stripRows) {
		workspace.check();
		const end = Math.min(height, begin + stripRows);
		const first = Math.max(0, begin - radius);
		const last = Math.min(height, end + radius);
		workspace.write(rows, source.subarray(first * rowLength, last * rowLength));
		const row = (y: number) => rows + (clampIndex(y, height) - first) * rowBytes;
		for (let y = begin; y < end; y++) {
			const result = results + (y - begin) * rowBytes;
			filterRow(workspace, row, y, { planes, stride, step, rowBytes, result, window, wide: step !== channels });
		}
		workspace.read(results, output.subarray(begin * rowLength, end * rowLength));
	}
}

interface RowCall {
	readonly planes: number;
	readonly stride: number;
	readonly step: number;
	readonly rowBytes: number;
	readonly result: number;
	readonly window: 3 | 5;
	/** Elements have 16 bits. */
	readonly wide: boolean;
}

function filterRow({ wasm }: Workspace, row: (y: number) => number, y: number, call: RowCall): void {
	const { planes, stride, step, rowBytes, result, window, wide } = call;
	if (window === 3) {
		const median = wide ? wasm.medianRow3Words : wasm.medianRow3Bytes;
		median(row(y - 1), row(y), row(y + 1), planes, stride, step, result, rowBytes);
	} else {
		const median = wide ? wasm.medianRow5Words : wasm.medianRow5Bytes;
		median(row(y - 2), row(y - 1), row(y), row(y + 1), row(y + 2), planes, stride, step, result, rowBytes);
	}
}
