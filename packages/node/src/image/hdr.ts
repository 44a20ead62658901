import type { Warning } from "@dinoseg/core";

/** Values of TransferCharacteristics of ITU-T H.273 for high dynamic range: PQ and HLG. */
const HDR_TRANSFERS = new Map([
	[16, "PQ"],
	[18, "HLG"],
]);

/** Bytes of a file in which its colour properties are looked for; they stand in the header. */
const HEADER_BYTES = 65536;

/**
 * What is to be said of an AVIF or HEIC picture of high dynamic range; nothing of all others.
 *
 * Source: ISO/IEC 14496-12, ColourInformationBox of type `nclx`.
 */
export function hdrWarnings(file: Uint8Array): readonly Warning[] {
	const header = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, HEADER_BYTES));
	const at = header.indexOf("colrnclx", 0, "latin1");
	const transfer = at < 0 || at + 12 > header.length ? undefined : HDR_TRANSFERS.get(header.readUInt16BE(at + 10));
	const message = `The picture has a high dynamic range (${transfer}) and is not tone-mapped; save it in sRGB for its true contrast.`;
	return transfer === undefined ? [] : [{ code: "HDR_NOT_TONE_MAPPED", message }];
}
