/** Placeholder. */
export function multiplyPanels(a: usize, b: usize): f64 {
	return load<f64>(a) * load<f64>(b);
}
