/** Values of TransferCharacteristics of ITU-T H.273 for high dynamic range: PQ and HLG. */
const HDR_TRANSFERS = new Map([
	[16, "PQ"],
	[18, "HLG"],
]);

/** Bytes of a file in which its colour properties are looked for; they stand in the header. */
const HEADER_BYTES = 65536;

/**
 * The transfer function of an AVIF picture of high dynamic range.
 *
 * Source: ISO/IEC 14496-12, ColourInformationBox of type `nclx`.
 *
 * @returns undefined for all others.
 */
export function hdrTransfer(avif: Uint8Array): string | undefined {
	const header = Buffer.from(avif.buffer, avif.byteOffset, Math.min(avif.length, HEADER_BYTES));
	const at = header.indexOf("colrnclx", 0, "latin1");
	return at < 0 || at + 12 > header.length ? undefined : HDR_TRANSFERS.get(header.readUInt16BE(at + 10));
}
