/** Bytes as people read them: `88 MB`, `1.2 GB`. */
export function formatBytes(bytes: number): string {
	return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
