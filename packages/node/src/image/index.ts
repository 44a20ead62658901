export { type DecodedFile, type DecodeOptions, decodeImage } from "./decode.ts";
export { encodeJpeg, encodePng, writeJpeg, writePng } from "./encode.ts";
export { type ImageHeader, inspectImage } from "./inspect.ts";
export { canHavePages, countPages } from "./pages.ts";
export { hashBytes, type InputFile, MAX_INPUT_BYTES, readInput } from "./read-input.ts";
