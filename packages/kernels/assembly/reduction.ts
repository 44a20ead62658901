/**
 * The pass over memory of the Householder reduction, as `src/eigen/reduce-rows.ts` describes it: subtract
 * left right^T + right left^T from the lower triangle of the leading block, and multiply the block by `vector`.
 */
export function updateAndMultiply(
	matrix: usize,
	size: i32,
	block: i32,
	left: usize,
	right: usize,
	vector: usize,
	product: usize,
): void {
	const stride = (<usize>size) << 3;
	let row = 0;
	for (; row + 1 < block; row += 2) {
		passTwoRows(matrix + <usize>row * stride, stride, row, left, right, vector, product);
	}
	if (row < block) {
		passLastRow(matrix + <usize>row * stride, row, left, right, vector, product);
	}
}

/** Rows `row` (even) and `row + 1`, which start at `first` and `first + stride`. */
function passTwoRows(
	first: usize,
	stride: usize,
	row: i32,
	left: usize,
	right: usize,
	vector: usize,
	product: usize,
): void {
	const second = first + stride;
	const here = (<usize>row) << 3;
	const left0 = v128.load64_splat(left + here);
	const right0 = v128.load64_splat(right + here);
	const vector0 = v128.load64_splat(vector + here);
	const left1 = v128.load64_splat(left + here, 8);
	const right1 = v128.load64_splat(right + here, 8);
	const vector1 = v128.load64_splat(vector + here, 8);
	let sum0 = f64x2.splat(0);
	let sum1 = f64x2.splat(0);
	for (let at: usize = 0; at < here; at += 16) {
		const l = v128.load(left + at);
		const r = v128.load(right + at);
		const v = v128.load(vector + at);
		const element0 = f64x2.sub(v128.load(first + at), f64x2.add(f64x2.mul(left0, r), f64x2.mul(right0, l)));
		const element1 = f64x2.sub(v128.load(second + at), f64x2.add(f64x2.mul(left1, r), f64x2.mul(right1, l)));
		v128.store(first + at, element0);
		v128.store(second + at, element1);
		sum0 = f64x2.add(sum0, f64x2.mul(element0, v));
		sum1 = f64x2.add(sum1, f64x2.mul(element1, v));
		const both = f64x2.add(v128.load(product + at), f64x2.mul(element0, vector0));
		v128.store(product + at, f64x2.add(both, f64x2.mul(element1, vector1)));
	}
	const total0 = f64x2.extract_lane(sum0, 0) + f64x2.extract_lane(sum0, 1);
	const diagonal0 = updated(first + here, left + here, right + here, left + here, right + here);
	store<f64>(product + here, total0 + diagonal0 * load<f64>(vector + here));

	const next = here + 8;
	let total1 = f64x2.extract_lane(sum1, 0) + f64x2.extract_lane(sum1, 1);
	const beside = updated(second + here, left + next, right + next, left + here, right + here);
	total1 += beside * load<f64>(vector + here);
	store<f64>(product + here, load<f64>(product + here) + beside * load<f64>(vector + next));
	const diagonal1 = updated(second + next, left + next, right + next, left + next, right + next);
	store<f64>(product + next, total1 + diagonal1 * load<f64>(vector + next));
}

/** The last row of a block of odd size; `row` is even. */
function passLastRow(start: usize, row: i32, left: usize, right: usize, vector: usize, product: usize): void {
	const here = (<usize>row) << 3;
	const left0 = v128.load64_splat(left + here);
	const right0 = v128.load64_splat(right + here);
	const vector0 = v128.load64_splat(vector + here);
	let sum = f64x2.splat(0);
	for (let at: usize = 0; at < here; at += 16) {
		const update = f64x2.add(f64x2.mul(left0, v128.load(right + at)), f64x2.mul(right0, v128.load(left + at)));
		const element = f64x2.sub(v128.load(start + at), update);
		v128.store(start + at, element);
		sum = f64x2.add(sum, f64x2.mul(element, v128.load(vector + at)));
		v128.store(product + at, f64x2.add(v128.load(product + at), f64x2.mul(element, vector0)));
	}
	const total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
	const diagonal = updated(start + here, left + here, right + here, left + here, right + here);
	store<f64>(product + here, total + diagonal * load<f64>(vector + here));
}

/** Subtract left_row right_column + right_row left_column from one element, and return it. */
function updated(element: usize, leftRow: usize, rightRow: usize, leftColumn: usize, rightColumn: usize): f64 {
	const value =
		load<f64>(element) - (load<f64>(leftRow) * load<f64>(rightColumn) + load<f64>(rightRow) * load<f64>(leftColumn));
	store<f64>(element, value);
	return value;
}

/** Multiply `count` float64 numbers by a factor. */
export function scale(values: usize, count: i32, factor: f64): void {
	const factors = f64x2.splat(factor);
	const paired = values + ((<usize>count >> 1) << 4);
	for (; values < paired; values += 16) {
		v128.store(values, f64x2.mul(v128.load(values), factors));
	}
	if (count & 1) {
		store<f64>(values, load<f64>(values) * factor);
	}
}
