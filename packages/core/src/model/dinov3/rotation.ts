import type { Dimensions } from "../../image/index.ts";
import { tokenGridSize } from "../../tensor/index.ts";
import type { Dinov3Config } from "../checkpoint.ts";
import type { NetworkTensor } from "../network-ports.ts";

/** The cosines and sines of the angles by which queries and keys are turned. */
export interface RotationTables {
	/** Shape (tokens, head / 2). */
	readonly cosines: NetworkTensor;
	readonly sines: NetworkTensor;
}

/**
 * The angles of every token of a picture.
 *
 * Convention: the place of a patch is its centre, -1 to 1 from the upper and left edge of the input to the lower and
 * right one, whatever its aspect. Of a head's half, the first half holds 2 π y / period, the second 2 π x / period; the
 * periods grow from 1 to `ropeTheta`, which they do not reach. The class token and the registers are not turned. Tokens
 * are in the order class, registers, patches.
 *
 * Source: facebookresearch/dinov3, dinov3/layers/rope_position_encoding.py; the rotation is that of Su et al. 2021,
 * arXiv:2104.09864.
 *
 * @param input  size of the network's input, pixels.
 * @param stride step between patches, input pixels.
 */
export function rotationTables(config: Dinov3Config, input: Dimensions, stride: number): RotationTables {
	const { heads, hiddenSize, patchSize, registers, ropeTheta } = config;
	const { rows, cols } = tokenGridSize(input, patchSize, stride);
	const quarter = hiddenSize / heads / 4;
	const others = 1 + registers;
	const shape = [others + rows * cols, 2 * quarter];
	const cosines = new Float32Array(shape[0] * shape[1]).fill(1, 0, others * shape[1]);
	const sines = new Float32Array(shape[0] * shape[1]);
	const frequencies = Float64Array.from({ length: quarter }, (_, i) => (2 * Math.PI) / ropeTheta ** (i / quarter));
	const place = (index: number, length: number) => (2 * (index * stride + patchSize / 2)) / length - 1;
	for (let row = 0; row < rows; row++) {
		const y = place(row, input.height);
		for (let col = 0; col < cols; col++) {
			const x = place(col, input.width);
			const start = (others + row * cols + col) * shape[1];
			for (let i = 0; i < quarter; i++) {
				cosines[start + i] = Math.cos(y * frequencies[i]);
				sines[start + i] = Math.sin(y * frequencies[i]);
				cosines[start + quarter + i] = Math.cos(x * frequencies[i]);
				sines[start + quarter + i] = Math.sin(x * frequencies[i]);
			}
		}
	}
	return { cosines: { data: cosines, shape }, sines: { data: sines, shape } };
}
