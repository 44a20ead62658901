import type { Check, Eigen, Kernels } from "@dinoseg/kernels";
import type { Matrix } from "../tensor/index.ts";

/** Share of the largest eigenvalue below which a direction made from the Gram matrix is made orthogonal afterwards. */
const POORLY_SEPARATED = 1e-6;

/**
 * The vectors of the solved scatter matrix as principal directions, in place. Shape (componentCount, dim).
 *
 * Convention: the loading of largest magnitude is positive.
 */
export function componentsOfColumns(check: Check, eigen: Eigen, dim: number): Float64Array {
	const components = eigen.vectors;
	for (let start = 0; start < components.length; start += dim) {
		check();
		fixSign(components.subarray(start, start + dim));
	}
	return components;
}

/**
 * The principal directions that belong to the vectors u of the solved Gram matrix of (N, D) points: the centred
 * points times u, scaled to length 1. Shape (componentCount, D).
 *
 * Convention: the loading of largest magnitude is positive. Where the variance is 0 the first axis stands in.
 */
export function componentsOfRows(kernels: Kernels, points: Matrix, mean: Float64Array, eigen: Eigen): Float64Array {
	const { data, rows, cols } = points;
	const componentCount = eigen.vectors.length / rows;
	const components = kernels.combineRows(data, rows, cols, mean, eigen.vectors, componentCount);
	for (let k = 0; k < componentCount; k++) {
		kernels.check();
		const component = components.subarray(k * cols, (k + 1) * cols);
		// The smaller the variance, the more of the earlier directions rounding leaves in a component.
		if (eigen.values[k] < POORLY_SEPARATED * eigen.values[0]) {
			removeEarlier(kernels.check, components, component, k);
		}
		normalise(component);
		fixSign(component);
	}
	return components;
}

/** Subtract from `component` what it has in common with the `count` unit rows before it (modified Gram-Schmidt). */
function removeEarlier(check: Check, components: Float64Array, component: Float64Array, count: number): void {
	const dim = component.length;
	for (let k = 0; k < count; k++) {
		check();
		const start = k * dim;
		let common = 0;
		for (let d = 0; d < dim; d++) {
			common += components[start + d] * component[d];
		}
		for (let d = 0; d < dim; d++) {
			component[d] -= common * components[start + d];
		}
	}
}

function normalise(component: Float64Array): void {
	let square = 0;
	for (let d = 0; d < component.length; d++) {
		square += component[d] * component[d];
	}
	if (square > 0) {
		const length = Math.sqrt(square);
		for (let d = 0; d < component.length; d++) {
			component[d] /= length;
		}
	} else {
		component.fill(0);
		component[0] = 1;
	}
}

function fixSign(component: Float64Array): void {
	let largest = 0;
	for (let d = 1; d < component.length; d++) {
		if (Math.abs(component[d]) > Math.abs(component[largest])) {
			largest = d;
		}
	}
	if (component[largest] < 0) {
		for (let d = 0; d < component.length; d++) {
			component[d] = -component[d];
		}
	}
}
