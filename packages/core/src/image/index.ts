export { bandIndices, pickBands } from "./bands.ts";
export { colorGradient } from "./color-gradient.ts";
export { checkPixelCount, corruptImage, unsupportedImage } from "./decode-failures.ts";
export { HEIC_PACKAGE, IMAGE_FORMATS, type ImageFormat, type ImageFormatInfo } from "./formats.ts";
export { halveImage } from "./halve.ts";
export { type Dimensions, inputDimensions } from "./input-dimensions.ts";
export { type LabImage, labOf } from "./lab.ts";
export { type MedianBlurOptions, medianBlur } from "./median-blur.ts";
export { fillNoData, validPixels } from "./no-data.ts";
export { normalise } from "./normalise.ts";
export { resizeImage } from "./resize.ts";
export { checkRgbImage, composeOverWhite, isUniform, type RgbImage, repeatGrey } from "./rgb-image.ts";
export { type SniffedFormat, sniffImageFormat } from "./sniff-format.ts";
export {
	narrowTo8Bits,
	type Samples,
	type Stretched,
	type StretchRange,
	stretch8Bits,
	stretchRange,
	stretchSamples,
} from "./stretch.ts";
