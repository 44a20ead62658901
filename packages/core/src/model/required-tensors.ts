/** A tensor that the architecture needs, by its name in transformers. */
export interface RequiredTensor {
	readonly name: string;
	readonly shape: readonly number[];
}

/** The tensors of a LayerNorm over `size` channels. */
export function normTensors(prefix: string, size: number): RequiredTensor[] {
	return [
		{ name: `${prefix}.weight`, shape: [size] },
		{ name: `${prefix}.bias`, shape: [size] },
	];
}

/** The tensors of torch's `Linear`, which holds its weight as (out, in). */
export function linearTensors(prefix: string, outputs: number, inputs: number, bias = true): RequiredTensor[] {
	const weight = { name: `${prefix}.weight`, shape: [outputs, inputs] };
	return bias ? [weight, { name: `${prefix}.bias`, shape: [outputs] }] : [weight];
}
