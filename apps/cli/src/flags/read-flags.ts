import {
	ALL_OPTIONS,
	DEFAULT_MODEL_OPTIONS,
	type ModelOptions,
	OPTIONS,
	type OptionKey,
	PRESET_NAMES,
	PRESETS,
	type Preset,
	type PresetName,
	resolveOptions,
	type SegmentationOptions,
	withPreset,
} from "@dinoseg/core/options";
import { type Command, Option } from "commander";
import type { UsedCodebook } from "../codebook/used-codebook.ts";

/** What the flags of one command line say about the network and the segmentation. */
export interface ParsedFlags extends ModelOptions {
	readonly options: SegmentationOptions;
	/** @default each image has clusters of its own */
	readonly used?: UsedCodebook;
}

/** A named set of options. */
export const presetFlag = (): Option =>
	new Option(
		"--preset <name>",
		`a set of options; those given by hand win. ${PRESET_NAMES.map((name) => `${name}: ${PRESETS[name].description}`).join("; ")}`,
	).choices(PRESET_NAMES);

/**
 * Read the parsed flags of a command; a preset fills in what was not given by hand.
 *
 * @param own options whose flags the command reads itself.
 * @throws DinosegError OPTION_INVALID
 */
export function readFlags(command: Command, own: readonly OptionKey[] = []): ParsedFlags {
	const flags = command.opts<Record<string, unknown> & { preset?: PresetName }>();
	const preset: Preset | undefined = flags.preset && PRESETS[flags.preset];
	const given = Object.fromEntries(
		(Object.keys(ALL_OPTIONS) as OptionKey[]).map((key) => [key, own.includes(key) ? undefined : flags[key]]),
	);
	const modelOptions = Object.fromEntries(
		(Object.keys(DEFAULT_MODEL_OPTIONS) as (keyof ModelOptions)[]).map((key) => [
			key,
			given[key] ?? preset?.[key] ?? DEFAULT_MODEL_OPTIONS[key],
		]),
	) as unknown as ModelOptions;
	const options = Object.fromEntries(Object.keys(OPTIONS).map((key) => [key, given[key]]));
	return { ...modelOptions, options: resolveOptions(withPreset(flags.preset, options)) };
}
