import { checkedRows, type Kernels } from "@dinoseg/kernels";
import { checkLength } from "../errors/index.ts";
import type { GridShape, TokenGrid } from "../tensor/index.ts";

/** Where the patches of tokens lie. */
type PatchGrid = GridShape &
	Pick<TokenGrid, "patchSize" | "stride" | "inputWidth" | "inputHeight" | "imageWidth" | "imageHeight">;

/**
 * The tokens whose patch has a pixel with data.
 *
 * @param valid shape (imageHeight, imageWidth), 1 where there are data.
 * @returns their rows in the matrix of tokens, rising; all of them where no patch has such a pixel.
 * @throws DinosegError SHAPE_MISMATCH
 */
export function validTokens({ check }: Pick<Kernels, "check">, grid: PatchGrid, valid: Uint8Array): Uint32Array {
	const { rows, cols, imageWidth, imageHeight } = grid;
	checkLength("validTokens", "valid (height, width)", valid, imageHeight, imageWidth);
	const [firstColumns, endColumns] = patchEdges(cols, grid, grid.inputWidth, imageWidth);
	const [firstRows, endRows] = patchEdges(rows, grid, grid.inputHeight, imageHeight);
	const tokens: number[] = [];
	// Columns up to here that have data in the patch's rows.
	const covered = new Uint32Array(imageWidth + 1);
	for (let row = 0; row < rows; row++) {
		const hasData = new Uint8Array(imageWidth);
		for (const y of checkedRows(check, endRows[row] - firstRows[row], imageWidth)) {
			const begin = (firstRows[row] + y) * imageWidth;
			for (let x = 0; x < imageWidth; x++) {
				hasData[x] |= valid[begin + x];
			}
		}
		for (let x = 0; x < imageWidth; x++) {
			covered[x + 1] = covered[x] + hasData[x];
		}
		for (let col = 0; col < cols; col++) {
			if (covered[endColumns[col]] > covered[firstColumns[col]]) {
				tokens.push(row * cols + col);
			}
		}
	}
	return tokens.length === 0
		? Uint32Array.from({ length: rows * cols }, (_, token) => token)
		: Uint32Array.from(tokens);
}

/** First pixel of the picture that each patch along an axis covers, and the one after its last. */
function patchEdges(
	count: number,
	{ patchSize, stride }: Pick<PatchGrid, "patchSize" | "stride">,
	inputSide: number,
	imageSide: number,
): readonly [Uint32Array, Uint32Array] {
	const scale = imageSide / inputSide;
	const at = (place: number) => place * stride;
	return [
		Uint32Array.from({ length: count }, (_, place) => Math.floor(at(place) * scale)),
		Uint32Array.from({ length: count }, (_, place) => Math.min(imageSide, Math.ceil((at(place) + patchSize) * scale))),
	];
}
