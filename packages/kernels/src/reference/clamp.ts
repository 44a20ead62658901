/** The nearest index inside 0..size-1: borders are replicated. */
export function clampIndex(index: number, size: number): number {
	return index < 0 ? 0 : index >= size ? size - 1 : index;
}
