/** How the service writes pixels and tokens. */
import type { Warning } from "@dinoseg/core";
import type { DecodedPixels } from "@dinoseg/core/engine";
import { DinosegError } from "@dinoseg/core/errors";
import type { ModelIdentity } from "@dinoseg/core/result";
import type { TokenGrid } from "@dinoseg/core/tensor";
import type { EngineImage, EngineTokens } from "./engine.ts";

/** The header in which the service tells what the bytes are. */
const SHAPE_HEADER = "dinoseg-shape";

interface PixelShape extends Omit<DecodedPixels, "image" | "valid" | "warnings"> {
	readonly width: number;
	readonly height: number;
	readonly hasValid: boolean;
	readonly warnings: readonly Warning[];
}

type TokenShape = Omit<TokenGrid, "data" | "norms"> & { readonly model: ModelIdentity };

/**
 * The pixels of an image: red, green and blue (height, width, 3), then whether each has data, if not all have.
 *
 * @throws DinosegError INTERNAL for anything else
 */
export function readPixels(sha256: string, bytes: ArrayBuffer, headers: Headers): EngineImage {
	const { width, height, hasValid, ...known } = readShape<PixelShape>(headers);
	const pixels = width * height;
	checkBytes("pixels", bytes, (hasValid ? 4 : 3) * pixels);
	return {
		...known,
		sha256,
		image: { data: new Uint8Array(bytes, 0, 3 * pixels), width, height },
		...(hasValid ? { valid: new Uint8Array(bytes, 3 * pixels) } : {}),
	};
}

/**
 * The tokens of an image (rows, cols, dim), then their norms (rows, cols).
 *
 * @throws DinosegError INTERNAL for anything else
 */
export function readTokens(bytes: ArrayBuffer, headers: Headers): EngineTokens {
	const { model, ...shape } = readShape<TokenShape>(headers);
	const { rows, cols, dim } = shape;
	checkBytes("tokens", bytes, 4 * rows * cols * (dim + 1));
	const data = new Float32Array(bytes, 0, rows * cols * dim);
	return { model, grid: { ...shape, data, norms: new Float32Array(bytes, data.byteLength) } };
}

function readShape<T>(headers: Headers): T {
	try {
		return JSON.parse(headers.get(SHAPE_HEADER) ?? "") as T;
	} catch (cause) {
		throw wrong("an answer without its shape", cause);
	}
}

function checkBytes(what: string, { byteLength }: ArrayBuffer, expected: number): void {
	if (byteLength !== expected) {
		throw wrong(`${byteLength} bytes of ${what} in place of ${expected}`);
	}
}

function wrong(what: string, cause?: unknown): DinosegError {
	return new DinosegError(
		"INTERNAL",
		`The service sent ${what}. Load the page again; if that does not help, page and service are of different versions.`,
		{ cause },
	);
}
