import type { OptionKind } from "./option-kind.ts";

/** Units of length, metres each. */
export const LENGTH_UNITS = { nm: 1e-9, um: 1e-6, mm: 1e-3, cm: 1e-2, m: 1, km: 1e3 } as const;
export type LengthUnit = keyof typeof LENGTH_UNITS;

/** What a pixel of the original shows, in the plane of the scene. */
export interface PixelSize {
	readonly width: number;
	readonly height: number;
	readonly unit: LengthUnit;
}

/** A size, or "auto": what the file says. */
export type PixelSizeOption = PixelSize | "auto";

const NUMBER = String.raw`\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
/** The micro sign and the letter mu are typed for `u`. */
const TYPED = new RegExp(`^(${NUMBER})(?:x(${NUMBER}))?\\s*([uµμ]?m|[nmck]m)$`);
const WRITTEN = new RegExp(`^(?:auto|${NUMBER}(?:x${NUMBER})?(?:${Object.keys(LENGTH_UNITS).join("|")}))$`);

export const pixelSize: OptionKind<PixelSizeOption> = {
	placeholder: "length|auto",
	form: "auto, a length (0.5um) or two, across and down (0.5x0.4um)",
	allowed: `auto, or a length in ${Object.keys(LENGTH_UNITS).join(", ")} (0.5um, 0.5x0.4um)`,
	written: [{ pattern: WRITTEN }],
	parse(text) {
		if (text.trim() === "auto") {
			return "auto";
		}
		const [, width, height = width, unit] = TYPED.exec(text.trim()) ?? [];
		return width === undefined
			? undefined
			: { width: Number(width), height: Number(height), unit: unit.replace(/[µμ]/, "u") as LengthUnit };
	},
	format(value) {
		if (value === "auto") {
			return "auto";
		}
		const { width, height, unit } = value;
		return width === height ? `${width}${unit}` : `${width}x${height}${unit}`;
	},
	problem(value) {
		if (value === "auto") {
			return undefined;
		}
		const { width, height, unit } = (value ?? {}) as Partial<PixelSize>;
		if (!(isLength(width) && isLength(height) && unit !== undefined && Object.hasOwn(LENGTH_UNITS, unit))) {
			const units = Object.keys(LENGTH_UNITS).join(", ");
			return `must be "auto" or { width: 0.5, height: 0.5, unit: "um" } with sides above 0 and a unit of ${units}, got ${shown(value)}.`;
		}
		return undefined;
	},
};

/** Sides whose area is a number too. */
function isLength(value: unknown): value is number {
	return typeof value === "number" && value >= 1e-100 && value <= 1e100;
}

function shown(value: unknown): string {
	const { width, height, unit } = (value ?? {}) as Partial<PixelSize>;
	return width === undefined ? String(value) : `${width}x${height}${unit}`;
}
