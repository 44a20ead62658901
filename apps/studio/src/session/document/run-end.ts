/** One past the last element of the stretch of equal ones that begins at `start`; at most `end`. */
export function runEnd(data: Uint16Array, start: number, end: number): number {
	const value = data[start];
	let at = start + 1;
	while (at < end && data[at] === value) {
		at++;
	}
	return at;
}
