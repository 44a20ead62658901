import type { Check, GridGeometry, Kernels, ScoreUpsampling } from "../kernels.ts";
import {
	type AxisPositions,
	axisPositions,
	narrowLabels,
	upsampleScores as upsampleByDefinition,
} from "../reference/upsample.ts";
import type { Engine, Workspace } from "./engine.ts";

/** Longest side of a tile, pixels: the SIMD build has room for no more. */
const TILE_SIDE = 128;
/** Pixels of a strip, so that its part of the workspace stays small. */
const STRIP_PIXELS = 2 ** 19;
/** Pixels that the SIMD build may write beyond the right border. */
const PADDING = 8;

/** Pixels of one axis that lie evenly between the same two tokens: from `begin` up to `end`. */
interface Run {
	readonly begin: number;
	readonly end: number;
}

/** One picture on its way through the workspace, and where the things lie there. */
interface Job {
	readonly workspace: Workspace;
	readonly clusters: number;
	readonly sharpness: number;
	readonly down: AxisPositions;
	readonly along: AxisPositions;
	/** Bytes from a token to the one on its right, and to the one below. */
	readonly tokenBytes: number;
	readonly rowBytes: number;
	readonly scores: number;
	readonly fractionsX: number;
	readonly fractionsY: number;
	readonly labels: number;
	readonly confidence: number;
	readonly stride: number;
	readonly uncertain: number;
	readonly work: number;
	/** Pixels whose confidence the definition has to settle, as x, y pairs. */
	readonly unsettled: number[];
}

/**
 * Interpolate scores, keep the best and its confidence: in tiles within the cells between four tokens, where few
 * clusters matter.
 */
export function createUpsampleScores(engine: Engine, check: Check): Kernels["upsampleScores"] {
	return (scores, clusters, geometry, width, height, temperature) => {
		if (clusters === 1) {
			return upsampleByDefinition(check, scores, clusters, geometry, width, height, temperature);
		}
		const result = { labels: narrowLabels(width * height, clusters), confidence: new Uint8Array(width * height) };
		const unsettled = engine((workspace) =>
			upsampleTiles(workspace, scores, clusters, geometry, width, height, temperature, result),
		);
		settleByDefinition(check, unsettled, scores, clusters, geometry, width, height, temperature, result.confidence);
		return result;
	};
}

/** Fills `result`. Returns the pixels whose confidence it could not settle, as x, y pairs. */
function upsampleTiles(
	workspace: Workspace,
	scores: Float32Array,
	clusters: number,
	geometry: GridGeometry,
	width: number,
	height: number,
	temperature: number,
	result: ScoreUpsampling,
): number[] {
	const { rows, cols } = geometry;
	const down = axisPositions(height, rows, geometry.rowScale, geometry.rowOffset);
	const along = axisPositions(width, cols, geometry.colScale, geometry.colOffset);
	const stripRows = Math.max(1, Math.min(TILE_SIDE, height, Math.floor(STRIP_PIXELS / width)));
	const rowRuns = evenRuns(down, geometry.rowScale, geometry.rowOffset, stripRows);
	const columnRuns = evenRuns(along, geometry.colScale, geometry.colOffset, TILE_SIDE);
	const rowLength = cols * clusters;
	const stride = width + PADDING;
	const job: Job = {
		workspace,
		clusters,
		sharpness: temperature > 0 ? 1 / temperature : Number.POSITIVE_INFINITY,
		down,
		along,
		tokenBytes: clusters * Float32Array.BYTES_PER_ELEMENT,
		rowBytes: rowLength * Float32Array.BYTES_PER_ELEMENT,
		scores: workspace.reserve(2 * rowLength * Float32Array.BYTES_PER_ELEMENT),
		fractionsX: workspace.reserve(stride * Float64Array.BYTES_PER_ELEMENT),
		fractionsY: workspace.copyIn(down.fraction),
		labels: workspace.reserve(stripRows * stride * Uint16Array.BYTES_PER_ELEMENT),
		confidence: workspace.reserve(stripRows * stride),
		stride,
		uncertain: workspace.reserve(TILE_SIDE * TILE_SIDE * Uint32Array.BYTES_PER_ELEMENT),
		work: workspace.reserve(120 * clusters + 1280),
		unsettled: [],
	};
	workspace.write(job.fractionsX, along.fraction);
	const labels = new Uint16Array(width);
	for (const strip of rowRuns) {
		const upper = down.lower[strip.begin];
		const lower = Math.min(upper + 1, rows - 1);
		workspace.write(job.scores, scores.subarray(upper * rowLength, (upper + 1) * rowLength));
		workspace.write(job.scores + job.rowBytes, scores.subarray(lower * rowLength, (lower + 1) * rowLength));
		for (const run of columnRuns) {
			settleTile(job, strip, run, strip.begin, cols);
		}
		for (let y = strip.begin; y < strip.end; y++) {
			const row = (y - strip.begin) * stride;
			workspace.read(job.labels + row * Uint16Array.BYTES_PER_ELEMENT, labels);
			result.labels.set(labels, y * width);
			workspace.read(job.confidence + row, result.confidence.subarray(y * width, (y + 1) * width));
		}
	}
	return job.unsettled;
}

/** Settle the pixels in the given rows and columns, within the strip of rows that begins at `stripBegin`. */
function settleTile(job: Job, rows: Run, columns: Run, stripBegin: number, cols: number): void {
	const { workspace, along } = job;
	workspace.check();
	const width = columns.end - columns.begin;
	const height = rows.end - rows.begin;
	const token = along.lower[columns.begin];
	const place = (rows.begin - stripBegin) * job.stride + columns.begin;
	const found = workspace.wasm.upsampleTile(
		job.scores + token * job.tokenBytes,
		token + 1 < cols ? job.tokenBytes : 0,
		job.rowBytes,
		job.clusters,
		job.fractionsX + columns.begin * Float64Array.BYTES_PER_ELEMENT,
		job.fractionsY + rows.begin * Float64Array.BYTES_PER_ELEMENT,
		width,
		height,
		job.sharpness,
		job.labels + place * Uint16Array.BYTES_PER_ELEMENT,
		job.confidence + place,
		job.stride,
		job.uncertain,
		job.work,
	);
	if (found > 0) {
		const places = new Uint32Array(found);
		workspace.read(job.uncertain, places);
		for (const pixel of places) {
			job.unsettled.push(columns.begin + (pixel % width), rows.begin + Math.floor(pixel / width));
		}
	} else if (found < 0) {
		for (const rowHalf of halves(rows)) {
			for (const columnHalf of halves(columns)) {
				settleTile(job, rowHalf, columnHalf, stripBegin, cols);
			}
		}
	}
}

/** Both halves, the left one first; a run of one pixel stays whole. */
function halves({ begin, end }: Run): Run[] {
	const middle = (begin + end) >> 1;
	return middle === begin
		? [{ begin, end }]
		: [
				{ begin, end: middle },
				{ begin: middle, end },
			];
}

/**
 * The runs of an axis, of `longest` pixels at most. Pixels before the first token are clamped to it, so their spacing is
 * another: they make runs of their own.
 */
function evenRuns({ lower }: AxisPositions, scale: number, offset: number, longest: number): Run[] {
	const isClamped = (i: number): boolean => (i + 0.5) * scale + offset < 0;
	const runs: Run[] = [];
	let begin = 0;
	for (let i = 1; i <= lower.length; i++) {
		if (i === lower.length || i - begin === longest || lower[i] !== lower[begin] || isClamped(i) !== isClamped(begin)) {
			runs.push({ begin, end: i });
			begin = i;
		}
	}
	return runs;
}

/** The confidence of single pixels, given as x, y pairs: each from the four tokens around it. */
function settleByDefinition(
	check: Check,
	pixels: readonly number[],
	scores: Float32Array,
	clusters: number,
	geometry: GridGeometry,
	width: number,
	height: number,
	temperature: number,
	confidence: Uint8Array,
): void {
	const { rows, cols } = geometry;
	const down = axisPositions(height, rows, geometry.rowScale, geometry.rowOffset);
	const along = axisPositions(width, cols, geometry.colScale, geometry.colOffset);
	const corners = new Float32Array(4 * clusters);
	for (let i = 0; i < pixels.length; i += 2) {
		const [x, y] = [pixels[i], pixels[i + 1]];
		for (let corner = 0; corner < 4; corner++) {
			const row = Math.min(down.lower[y] + (corner >> 1), rows - 1);
			const col = Math.min(along.lower[x] + (corner & 1), cols - 1);
			const token = (row * cols + col) * clusters;
			corners.set(scores.subarray(token, token + clusters), corner * clusters);
		}
		const pixel: GridGeometry = {
			rows: 2,
			cols: 2,
			rowScale: 0,
			rowOffset: down.fraction[y],
			colScale: 0,
			colOffset: along.fraction[x],
		};
		confidence[y * width + x] = upsampleByDefinition(check, corners, clusters, pixel, 1, 1, temperature).confidence[0];
	}
}
