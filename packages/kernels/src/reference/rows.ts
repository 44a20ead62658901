/**
 * Matrix-vector updates of the leading block (rows, length) of a row-major matrix. Several rows a pass spare loads
 * and stores; every element still gets its terms in rising order, so the passes do not show in the result.
 */

/** target[j] += sum over i of scales[i] * matrix[i][j]. */
export function addScaledRows(
	matrix: Float64Array,
	stride: number,
	scales: Float64Array,
	rows: number,
	length: number,
	target: Float64Array,
): void {
	let i = 0;
	for (; i + 3 < rows; i += 4) {
		const row0 = i * stride;
		const row1 = row0 + stride;
		const row2 = row1 + stride;
		const row3 = row2 + stride;
		const scale0 = scales[i];
		const scale1 = scales[i + 1];
		const scale2 = scales[i + 2];
		const scale3 = scales[i + 3];
		for (let j = 0; j < length; j++) {
			target[j] =
				target[j] +
				scale0 * matrix[row0 + j] +
				scale1 * matrix[row1 + j] +
				scale2 * matrix[row2 + j] +
				scale3 * matrix[row3 + j];
		}
	}
	for (; i < rows; i++) {
		const row = i * stride;
		const scale = scales[i];
		for (let j = 0; j < length; j++) {
			target[j] += scale * matrix[row + j];
		}
	}
}

/** matrix[i][j] -= scales[i] * vector[j]. */
export function subtractOuterProduct(
	matrix: Float64Array,
	stride: number,
	scales: Float64Array,
	rows: number,
	vector: Float64Array,
	length: number,
): void {
	let i = 0;
	for (; i + 3 < rows; i += 4) {
		const row0 = i * stride;
		const row1 = row0 + stride;
		const row2 = row1 + stride;
		const row3 = row2 + stride;
		const scale0 = scales[i];
		const scale1 = scales[i + 1];
		const scale2 = scales[i + 2];
		const scale3 = scales[i + 3];
		for (let j = 0; j < length; j++) {
			const value = vector[j];
			matrix[row0 + j] -= scale0 * value;
			matrix[row1 + j] -= scale1 * value;
			matrix[row2 + j] -= scale2 * value;
			matrix[row3 + j] -= scale3 * value;
		}
	}
	for (; i < rows; i++) {
		const row = i * stride;
		const scale = scales[i];
		for (let j = 0; j < length; j++) {
			matrix[row + j] -= scale * vector[j];
		}
	}
}

/** matrix[i][j] -= left[i] * right[j] + right[i] * left[j], square: a symmetric matrix stays so to the last bit. */
export function subtractSymmetricProduct(
	matrix: Float64Array,
	stride: number,
	left: Float64Array,
	right: Float64Array,
	size: number,
): void {
	let i = 0;
	for (; i + 3 < size; i += 4) {
		const row0 = i * stride;
		const row1 = row0 + stride;
		const row2 = row1 + stride;
		const row3 = row2 + stride;
		const left0 = left[i];
		const left1 = left[i + 1];
		const left2 = left[i + 2];
		const left3 = left[i + 3];
		const right0 = right[i];
		const right1 = right[i + 1];
		const right2 = right[i + 2];
		const right3 = right[i + 3];
		for (let j = 0; j < size; j++) {
			const a = left[j];
			const b = right[j];
			matrix[row0 + j] -= left0 * b + right0 * a;
			matrix[row1 + j] -= left1 * b + right1 * a;
			matrix[row2 + j] -= left2 * b + right2 * a;
			matrix[row3 + j] -= left3 * b + right3 * a;
		}
	}
	for (; i < size; i++) {
		const row = i * stride;
		const lefti = left[i];
		const righti = right[i];
		for (let j = 0; j < size; j++) {
			matrix[row + j] -= lefti * right[j] + righti * left[j];
		}
	}
}
