import { integerField, numberField, rejectField } from "./config-fields.ts";
import { SUPPORTED } from "./other-families.ts";

/** What sizes a network may have: beyond these no checkpoint is, and a wrong one would exhaust the memory. */
export const HIDDEN_SIZE = integerField(1, 8192);
export const LAYERS = integerField(1, 256);
export const HEADS = integerField(1, 256);
export const PATCH_SIZE = integerField(1, 256);
export const MAX_REGISTERS = 64;
export const REGISTERS = integerField(0, MAX_REGISTERS);
export const MLP_RATIO = numberField(1, 64);
export const ROPE_THETA = numberField(1, 1e9);

/**
 * Every head has as many channels, a multiple of `unit`.
 *
 * @throws DinosegError MODEL_CONFIG_INVALID
 */
export function checkHeads(
	{ hidden_size, num_attention_heads: heads }: { readonly hidden_size: number; readonly num_attention_heads: number },
	unit: number,
	file: string,
): void {
	if (hidden_size % (heads * unit) !== 0) {
		rejectField(
			file,
			"hidden_size",
			hidden_size,
			`must be a multiple of ${heads * unit}, for there are ${heads} heads`,
			SUPPORTED,
		);
	}
}
