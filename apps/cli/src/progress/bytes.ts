const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** `512 B`, `3.2 kB`, `540 MB`, `1.2 GB`: powers of 1000, as disks and downloads are told. */
export function describeBytes(bytes: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1000;
		unit += 1;
	}
	return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[unit]}`;
}
