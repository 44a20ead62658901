import type { Tridiagonal } from "../eigen/primitives.ts";
import { blockFactor, type ReflectionBlock, reflectionBlocks } from "../eigen/reflection-blocks.ts";
import type { Engine, Workspace } from "./engine.ts";
import { FLOAT64, PANEL, type PaddedMatrix, panelsOf, readMatrixInto, reserveMatrix, writeMatrix } from "./panels.ts";

/** Places for one block of reflections; each block uses them anew. */
interface BlockPlaces {
	/** The vectors of the block as they lie, with room for a whole panel. */
	readonly vectors: number;
	/** The vectors as panels of rows and of columns. */
	readonly rowPanels: number;
	readonly columnPanels: number;
	/** -S^T as panels of columns. */
	readonly factor: number;
	/** One panel of rows. */
	readonly panel: number;
	/** Sums of one panel of rows with a block of reflections, twice. */
	readonly common: PaddedMatrix;
	readonly shares: PaddedMatrix;
}

/** `EigenPrimitives.reflect` on the SIMD build. */
export function reflect(
	engine: Engine,
	tridiagonal: Tridiagonal,
	size: number,
	vectors: Float64Array,
	rowCount: number,
): void {
	engine((workspace) => {
		const rows = reserveMatrix(workspace, rowCount, size);
		writeMatrix(workspace, rows, vectors, size);
		let places: BlockPlaces | undefined;
		for (const block of reflectionBlocks(tridiagonal, size)) {
			places ??= reservePlaces(workspace, block.count, size);
			packBlock(workspace, block, places);
			for (let row = 0; row < rowCount; row += PANEL) {
				workspace.check();
				reflectRows(workspace, block, places, rows.pointer + row * rows.stride, rows.stride);
			}
		}
		readMatrixInto(workspace, rows, vectors, size);
	});
}

function reservePlaces(workspace: Workspace, count: number, size: number): BlockPlaces {
	const padded = panelsOf(count) * PANEL;
	const length = panelsOf(size) * PANEL;
	const bytes = padded * length * FLOAT64;
	return {
		vectors: workspace.reserve(bytes),
		rowPanels: workspace.reserve(bytes),
		columnPanels: workspace.reserve(bytes),
		factor: workspace.reserve(padded * padded * FLOAT64),
		panel: workspace.reserve(Math.max(length, padded) * PANEL * FLOAT64),
		common: reserveMatrix(workspace, PANEL, padded),
		shares: reserveMatrix(workspace, PANEL, padded),
	};
}

function packBlock(workspace: Workspace, block: ReflectionBlock, places: BlockPlaces): void {
	const { wasm } = workspace;
	const { count, length } = block;
	const stride = length * FLOAT64;
	const panelBytes = length * PANEL * FLOAT64;
	workspace.write(places.vectors, block.vectors);
	for (let panel = 0; panel < panelsOf(count); panel++) {
		wasm.packRows(places.vectors + panel * PANEL * stride, stride, length, places.rowPanels + panel * panelBytes);
	}
	wasm.packColumns(places.vectors, stride, count, panelsOf(length), places.columnPanels);

	const products = new Float64Array(count * count);
	for (let panel = 0; panel < panelsOf(count); panel++) {
		multiplyPanel(workspace, places.rowPanels + panel * panelBytes, places.rowPanels, length, places.common, count);
		for (let row = panel * PANEL; row < Math.min((panel + 1) * PANEL, count); row++) {
			const from = places.common.pointer + (row - panel * PANEL) * places.common.stride;
			workspace.read(from, products.subarray(row * count, (row + 1) * count));
		}
	}
	// The place of the vectors is free now.
	workspace.write(places.vectors, blockFactor(block, products));
	wasm.packColumns(places.vectors, count * FLOAT64, count, panelsOf(count), places.factor);
}

/** Turn four rows that lie at `rows`. */
function reflectRows(
	workspace: Workspace,
	{ count, length }: ReflectionBlock,
	places: BlockPlaces,
	rows: number,
	stride: number,
): void {
	const { wasm } = workspace;
	const { panel, common, shares } = places;
	wasm.packRows(rows, stride, length, panel);
	multiplyPanel(workspace, panel, places.rowPanels, length, common, count);
	wasm.packRows(common.pointer, common.stride, count, panel);
	multiplyPanel(workspace, panel, places.factor, count, shares, count);
	wasm.packRows(shares.pointer, shares.stride, count, panel);
	wasm.addPanelProducts(panel, places.columnPanels, panelsOf(length), count, rows, stride);
}

/** out (4, columns) = left panel times right panels. */
function multiplyPanel(
	workspace: Workspace,
	left: number,
	right: number,
	inner: number,
	out: PaddedMatrix,
	columns: number,
): void {
	workspace.clear(out.pointer, PANEL * out.stride);
	workspace.wasm.addPanelProducts(left, right, panelsOf(columns), inner, out.pointer, out.stride);
}
