/** How requests name the options of a segmentation: made from the one record that flags and `segments.json` are made from. */
import { DinosegError, nameOptions } from "@dinoseg/core/errors";
import { writtenJsonSchema } from "@dinoseg/core/labels";
import {
	ALL_OPTIONS,
	DTYPES,
	type Dtype,
	formatOption,
	formatOptions,
	OPTIONS,
	type OptionDefinition,
	type OptionKey,
	type PartialOptions,
	PRESET_NAMES,
	PRESETS,
	type Preset,
	type PresetName,
	parseOptions,
	resolveOptions,
	type SegmentationOptions,
	type Written,
	withPreset,
} from "@dinoseg/core/options";
import { z } from "@hono/zod-openapi";
import { invalidRequest } from "./problems.ts";

/** Options that whoever runs the service decides. */
const OWN_KEYS: readonly string[] = ["maxPixels", "device"];

/** The options that a request can give. */
export const REQUEST_OPTION_KEYS = (Object.keys(ALL_OPTIONS) as OptionKey[]).filter((key) => !OWN_KEYS.includes(key));

/** What a request asks for. */
export interface WantedSegmentation {
	/** @default that of the service */
	readonly model: string | undefined;
	/** @default that of the service */
	readonly dtype: Dtype | undefined;
	readonly options: SegmentationOptions;
}

const PRESET_KEY = "preset";
/** Clients name no folders of the service's machine. */
const MODEL_HELP = "a name of GET /v1/models";

/** @throws DinosegError REQUEST_INVALID for JSON that holds no options */
export function checkOptions(given: unknown): Readonly<Record<string, unknown>> {
	if (typeof given !== "object" || given === null || Array.isArray(given)) {
		throw invalidRequest(`options must be a JSON object, such as {"clusters": 5}, got ${JSON.stringify(given)}.`, {
			field: "options",
		});
	}
	return given as Readonly<Record<string, unknown>>;
}

/**
 * Read the options of a request.
 *
 * @param written as they stand in JSON, or as texts in an address.
 * @param limits  what the service decides.
 * @throws DinosegError OPTION_INVALID
 */
export function readWanted(
	written: Readonly<Record<string, unknown>>,
	limits: Pick<SegmentationOptions, "maxPixels">,
): WantedSegmentation {
	const { model, dtype, [PRESET_KEY]: presetName, ...others } = written;
	const unknown = Object.keys(others).find((key) => !REQUEST_OPTION_KEYS.includes(key as OptionKey));
	if (unknown !== undefined) {
		const known = [PRESET_KEY, ...REQUEST_OPTION_KEYS].join(", ");
		throw new DinosegError("OPTION_INVALID", `unknown option "${unknown}". Known are ${known}.`, {
			details: { option: unknown },
		});
	}
	const preset = readChoice(PRESET_KEY, presetName, PRESET_NAMES) as PresetName | undefined;
	const given: PartialOptions = parseOptions(others);
	const ofPreset: Preset | undefined = preset && PRESETS[preset];
	return {
		model: readText("model", model) ?? ofPreset?.model,
		dtype: (readChoice("dtype", dtype, DTYPES) as Dtype | undefined) ?? ofPreset?.dtype,
		options: resolveOptions({ ...withPreset(preset, given), ...limits }),
	};
}

/** Options as a request would give them. */
export function writeOptions(options: SegmentationOptions): Record<string, Written> {
	const { maxPixels: _, ...written } = formatOptions(options);
	return written;
}

function readText(key: string, value: unknown): string | undefined {
	if (value !== undefined && typeof value !== "string") {
		throw new DinosegError("OPTION_INVALID", `${key} must be a text, got ${JSON.stringify(value)}.`, {
			details: { option: key },
		});
	}
	return value;
}

function readChoice(key: string, value: unknown, allowed: readonly string[]): string | undefined {
	if (value !== undefined && !allowed.includes(value as string)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${key} must be one of ${allowed.join(", ")}, got ${JSON.stringify(value)}.`,
			{ details: { option: key } },
		);
	}
	return value as string | undefined;
}

/** The form of each option, for the description of the service. `readWanted` checks the values. */
const shapes = Object.fromEntries(
	REQUEST_OPTION_KEYS.map((key) => {
		const { kind, help, default: standard } = ALL_OPTIONS[key] as OptionDefinition<unknown>;
		const allowed = kind.allowed === undefined ? "" : ` (${kind.allowed})`;
		return [
			key,
			z
				.unknown()
				.optional()
				.openapi({
					...writtenJsonSchema(kind.written),
					description: key === "model" ? MODEL_HELP : nameOptions(help, (name) => name) + allowed,
					// That of the network is the service's own.
					...(Object.hasOwn(OPTIONS, key) ? { default: formatOption(key, standard) } : {}),
				}),
		];
	}),
);

const presetShape = z
	.enum(PRESET_NAMES as [PresetName, ...PresetName[]])
	.optional()
	.openapi({
		description: `A set of options; those given by hand win. ${PRESET_NAMES.map((name) => `${name}: ${PRESETS[name].description}`).join("; ")}`,
	});

/** The options of a segmentation, as JSON. */
export const optionsSchema = z
	.strictObject({ ...shapes, [PRESET_KEY]: presetShape })
	.openapi("Options", { example: { clusters: 5, smooth: "median:15" } });

/** The same in an address, where all are texts. */
export const optionsQuery: Readonly<Record<string, z.ZodType>> = { ...shapes, [PRESET_KEY]: presetShape };
