export { type DecodedFile, type DecodeOptions, decodeImage } from "./decode.ts";
export { encodeJpeg, encodePng, writeJpeg, writePng } from "./encode.ts";
export { IMAGE_FORMATS, type ImageFormat, type ImageFormatInfo } from "./formats.ts";
export { type ImageHeader, inspectImage } from "./inspect.ts";
export { canHavePages, countPages } from "./pages.ts";
export { hashBytes, type InputFile, MAX_INPUT_BYTES, readInput } from "./read-input.ts";
export { type SniffedFormat, sniffImageFormat } from "./sniff.ts";
