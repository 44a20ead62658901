import { DinosegError } from "@dinoseg/core/errors";
import { HEIC_PACKAGE } from "@dinoseg/core/image";
import type { OpenedPicture } from "./opened-picture.ts";

/** What is used of libheif. Handles are its own; what failed has a code. */
export interface LibHeif {
	readonly heif_error_code: { readonly heif_error_Ok: unknown };
	readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
	readonly heif_chroma: { readonly heif_chroma_interleaved_RGBA: unknown };
	heif_context_alloc(): unknown;
	heif_context_free(context: unknown): void;
	heif_context_read_from_memory(context: unknown, bytes: Uint8Array): HeifFailure;
	heif_js_context_get_primary_image_handle(context: unknown): unknown;
	heif_js_context_get_list_of_top_level_image_IDs(context: unknown): readonly number[];
	heif_image_handle_get_width(handle: unknown): number;
	heif_image_handle_get_height(handle: unknown): number;
	heif_image_handle_release(handle: unknown): void;
	heif_js_decode_image2(handle: unknown, space: unknown, chroma: unknown): Promise<HeifImage | HeifFailure>;
	heif_image_release(image: unknown): void;
}

interface HeifFailure {
	readonly code: unknown;
	readonly message: string;
}

interface HeifImage {
	readonly image: unknown;
	readonly channels: readonly [
		{ readonly width: number; readonly height: number; readonly stride: number; readonly data: Uint8Array },
	];
}

/** Bytes of a file in which its colour profile is looked for; it stands in the header. */
const HEADER_BYTES = 2 ** 18;

/**
 * Open a HEIC by the optional package. Its rotation and mirroring are applied; an orientation in EXIF counts for nothing,
 * as the format demands.
 *
 * @param bytes a whole file. Not modified.
 * @param name  of the file, for messages.
 * @param load  the package.
 * @throws DinosegError IMAGE_UNSUPPORTED if the package is not there; Error for files that it cannot read
 */
export async function openHeic(
	bytes: Uint8Array,
	name: string,
	load: () => Promise<LibHeif> = loadLibHeif,
): Promise<OpenedPicture> {
	const lib = await load().catch((cause) => {
		throw packageMissing(name, cause);
	});
	const context = lib.heif_context_alloc();
	try {
		const status = lib.heif_context_read_from_memory(context, bytes);
		if (status.code !== lib.heif_error_code.heif_error_Ok) {
			throw failure(status);
		}
		const handle = checked(lib.heif_js_context_get_primary_image_handle(context));
		const pictures = lib.heif_js_context_get_list_of_top_level_image_IDs(context).length;
		return {
			width: lib.heif_image_handle_get_width(handle),
			height: lib.heif_image_handle_get_height(handle),
			warnings:
				pictures > 1
					? [
							{
								code: "ANIMATION_FIRST_FRAME",
								message: `The file has ${pictures} pictures; only the main one is used.`,
							},
						]
					: [],
			...profileOf(bytes),
			read: () => readPixels(lib, handle),
			close() {
				lib.heif_image_handle_release(handle);
				lib.heif_context_free(context);
			},
		};
	} catch (error) {
		lib.heif_context_free(context);
		throw error;
	}
}

async function loadLibHeif(): Promise<LibHeif> {
	const module = `${HEIC_PACKAGE}/wasm-bundle.js`;
	return (await import(module)).default;
}

function packageMissing(name: string, cause: unknown): DinosegError {
	return new DinosegError(
		"IMAGE_UNSUPPORTED",
		`${name}: is HEIC, which the package ${HEIC_PACKAGE} reads. Install it beside dinoseg (npm install ${HEIC_PACKAGE}), or save the picture as JPEG.`,
		{ details: { package: HEIC_PACKAGE }, cause },
	);
}

async function readPixels(lib: LibHeif, handle: unknown): Promise<Uint8Array> {
	const { heif_colorspace_RGB } = lib.heif_colorspace;
	const { heif_chroma_interleaved_RGBA } = lib.heif_chroma;
	const decoded = checked(await lib.heif_js_decode_image2(handle, heif_colorspace_RGB, heif_chroma_interleaved_RGBA));
	try {
		const [{ width, height, stride, data }] = decoded.channels;
		if (width !== lib.heif_image_handle_get_width(handle) || height !== lib.heif_image_handle_get_height(handle)) {
			throw new Error(`its pixels are ${width} x ${height}, and not as many as its header says`);
		}
		const rgba = new Uint8Array(4 * width * height);
		for (let y = 0; y < height; y++) {
			rgba.set(data.subarray(y * stride, y * stride + 4 * width), 4 * y * width);
		}
		return rgba;
	} finally {
		lib.heif_image_release(decoded.image);
	}
}

function checked<T>(value: T | HeifFailure): T {
	const status = value as HeifFailure;
	if (!value || status.code) {
		throw failure(status);
	}
	return value as T;
}

/** What is unsupported is said as other decoders say it. */
function failure(status: HeifFailure | undefined): Error {
	const message = status?.message?.trim() || "it has no picture";
	return new Error(/unsupported/i.test(message) ? `${message}: not supported` : message);
}

/**
 * The profile of its colours, such as Display P3 of a telephone.
 *
 * Source: ISO/IEC 14496-12, ColourInformationBox of type `prof`.
 */
function profileOf(heic: Uint8Array): { readonly profile?: Uint8Array } {
	const header = Buffer.from(heic.buffer, heic.byteOffset, Math.min(heic.length, HEADER_BYTES));
	const at = header.indexOf("colrprof", 0, "latin1");
	if (at < 4) {
		return {};
	}
	const end = at - 4 + header.readUInt32BE(at - 4);
	return end <= header.length ? { profile: header.subarray(at + 8, end) } : {};
}
