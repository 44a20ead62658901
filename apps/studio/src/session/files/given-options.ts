import { ALL_OPTIONS, formatOption, type OptionKey, optionsFor } from "@dinoseg/core/options";
import type { Settings } from "../scene.ts";

/** The options of settings that do not have their defaults, in the order of the record, and decide something. */
export function givenOptions({ model, dtype, options }: Settings): [key: OptionKey, value: unknown][] {
	const values: Readonly<Record<string, unknown>> = { model, dtype, ...optionsFor(options.segments, options) };
	return (Object.keys(ALL_OPTIONS) as OptionKey[]).flatMap((key): [OptionKey, unknown][] => {
		const value = values[key];
		const isGiven = value !== undefined && formatOption(key, value) !== formatOption(key, ALL_OPTIONS[key].default);
		return isGiven ? [[key, value]] : [];
	});
}
