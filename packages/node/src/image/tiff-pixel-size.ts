import type { LengthUnit, PixelSize } from "@dinoseg/core/options";
import { RESOLUTION_UNIT, type TiffTags } from "./tiff-tags.ts";

const MM_OF_INCH = 25.4;

/** Millimetres of a pixel that programs write who know nothing of the scene: the dots of a screen, libvips' default. */
const DEFAULT_SIDES: readonly number[] = [MM_OF_INCH / 72, MM_OF_INCH / 96, 1];
/** 72 dots per inch are 28.35 per centimetre, rounded. */
const ROUNDING = 1e-3;

/** Names of units in ImageJ and OME, and millimetres of an inch. */
const UNITS: ReadonlyMap<string, readonly [LengthUnit, number]> = new Map<string, readonly [LengthUnit, number]>([
	["nm", ["nm", 1]],
	["nanometer", ["nm", 1]],
	["um", ["um", 1]],
	["µm", ["um", 1]],
	["μm", ["um", 1]],
	["micron", ["um", 1]],
	["microns", ["um", 1]],
	["micrometer", ["um", 1]],
	["mm", ["mm", 1]],
	["millimeter", ["mm", 1]],
	["cm", ["cm", 1]],
	["m", ["m", 1]],
	["meter", ["m", 1]],
	["km", ["km", 1]],
	["inch", ["mm", MM_OF_INCH]],
	["in", ["mm", MM_OF_INCH]],
]);

/**
 * What a pixel of a TIFF shows: as OME-TIFF or ImageJ has it, else by its resolution.
 *
 * Convention: resolutions of 72 and 96 dots per inch and of 1 pixel per millimetre are defaults of programs, and say
 * nothing of the scene.
 * Source: TIFF 6.0 (XResolution, ResolutionUnit), the OME data model (PhysicalSizeX), ImageJ's TIFF encoder (`unit=`).
 *
 * @param orientation tag Orientation; from 5 on the sides of the upright picture are swapped.
 * @returns undefined where the file does not say it.
 */
export function tiffPixelSize(tags: TiffTags, orientation: number): PixelSize | undefined {
	const size = tags.description.includes("<OME") ? omeSize(tags.description) : resolutionSize(tags);
	if (!size || ![size.width, size.height].every((side) => side >= 1e-12 && side <= 1e12)) {
		return undefined;
	}
	return orientation >= 5 ? { width: size.height, height: size.width, unit: size.unit } : size;
}

function omeSize(description: string): PixelSize | undefined {
	const pixels = /<Pixels\s[^<>]*>/.exec(description)?.[0] ?? "";
	const attribute = (name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(pixels)?.[1];
	const [x, y] = ["X", "Y"].map((axis) => {
		const unit = unitOf(attribute(`PhysicalSize${axis}Unit`) ?? "um");
		const side = Number(attribute(`PhysicalSize${axis}`) ?? Number.NaN);
		return unit && { unit: unit[0], side: side * unit[1] };
	});
	return x && y && x.unit === y.unit ? { width: x.side, height: y.side, unit: x.unit } : undefined;
}

function resolutionSize({ xResolution, yResolution, resolutionUnit, description }: TiffTags): PixelSize | undefined {
	const named = description.startsWith("ImageJ=") ? unitOf(/^unit=(.*)$/m.exec(description)?.[1] ?? "") : undefined;
	const [unit, length] = named ?? lengthOf(resolutionUnit) ?? [];
	if (unit === undefined || length === undefined) {
		return undefined;
	}
	const [width, height] = [length / xResolution, length / yResolution];
	const isDefault = !named && DEFAULT_SIDES.some((side) => Math.abs(width / side - 1) < ROUNDING);
	return isDefault ? undefined : { width, height, unit };
}

function lengthOf(resolutionUnit: number): readonly [LengthUnit, number] | undefined {
	switch (resolutionUnit) {
		case RESOLUTION_UNIT.inch:
			return ["mm", MM_OF_INCH];
		case RESOLUTION_UNIT.centimetre:
			return ["mm", 10];
		default:
			return undefined;
	}
}

/** ImageJ escapes what is not ASCII, XML may. */
function unitOf(name: string): readonly [LengthUnit, number] | undefined {
	return UNITS.get(name.trim().replace(/\\u00b5|&#181;|&#xb5;/i, "µ"));
}
