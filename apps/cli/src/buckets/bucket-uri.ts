import { join, relative, sep } from "node:path";

/** True for what lies in a bucket: `s3://bucket/photos`. Who speaks to it is loaded by others, where it is needed. */
export function isBucketUri(path: string): boolean {
	return path.startsWith("s3://");
}

/** The place of a result below an output folder, or below a prefix of a bucket. */
export function joinOutput(output: string, name: string): string {
	return isBucketUri(output) ? `${output.replace(/\/+$/, "")}/${withSlashes(name)}` : join(output, name);
}

/** What `joinOutput` was given as name, with forward slashes. */
export function belowOutput(output: string, place: string): string {
	return isBucketUri(output) ? place.slice(joinOutput(output, "").length) : withSlashes(relative(output, place));
}

function withSlashes(path: string): string {
	return path.split(sep).join("/");
}
