import { isDinosegError, messageOf } from "@dinoseg/core/errors";
import {
	ALL_OPTIONS,
	checkOption,
	DEFAULT_MODEL_OPTIONS,
	formatOption,
	type ModelOptions,
	type OptionKey,
	type PartialOptions,
	parseOption,
	resolveOptions,
} from "@dinoseg/core/options";
import type { Settings } from "../scene.ts";
import { givenOptions } from "./given-options.ts";

/** A part of a link that says nothing here. */
export interface IgnoredSetting {
	readonly key: string;
	readonly value: string;
	/** One sentence. */
	readonly reason: string;
}

/** What a link says. */
export interface LinkedSettings {
	readonly settings: Settings;
	/** The first of what it says in vain, in its order. */
	readonly ignored: readonly IgnoredSetting[];
}

/** A link is written by anybody: longer values are cut where they are shown, and more of them are not shown. */
const [MAX_VALUE, MAX_IGNORED] = [200, 20];

/** Options on which it depends what others decide. */
const FIRST = ["segments", "clusters"];

/**
 * Settings as the part of an address after `#`, without it: `segments=regions&detail=60`. The kind of segments is always
 * there, whatever the page that reads it begins with.
 */
export function settingsToLink(settings: Settings): string {
	const pairs = givenOptions(settings).map(([key, value]) => [key, String(formatOption(key, value))] as const);
	const { segments } = settings.options;
	return new URLSearchParams({ segments, ...Object.fromEntries(pairs) }).toString();
}

/**
 * Read the settings of a link. What is unknown, wrong or decides nothing beside the rest is left out; nothing throws.
 *
 * @param hash with or without `#`.
 */
export function settingsFromLink(hash: string): LinkedSettings {
	const ignored: IgnoredSetting[] = [];
	const ignore = (key: string, value: string, reason: string): void => {
		if (ignored.length < MAX_IGNORED) {
			ignored.push({ key: key.slice(0, MAX_VALUE), value: value.slice(0, MAX_VALUE), reason });
		}
	};
	const pairs = new Map<string, string>();
	for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ""))) {
		const problem = problemOf(key, value, pairs.has(key));
		if (problem === undefined) {
			pairs.set(key, value);
		} else {
			ignore(key, value, problem);
		}
	}
	let model: ModelOptions = DEFAULT_MODEL_OPTIONS;
	let options: PartialOptions = {};
	const ordered = [...pairs].sort(([a], [b]) => Number(FIRST.includes(b)) - Number(FIRST.includes(a)));
	for (const [key, value] of ordered) {
		try {
			const parsed = parseOption(key as OptionKey, value);
			checkOption(key as OptionKey, parsed);
			if (Object.hasOwn(DEFAULT_MODEL_OPTIONS, key)) {
				model = { ...model, [key]: parsed };
			} else {
				const longer = { ...options, [key]: parsed };
				resolveOptions(longer);
				options = longer;
			}
		} catch (error) {
			ignore(key, value, isDinosegError(error) ? messageOf(error, (option) => option) : String(error));
		}
	}
	const { model: name, dtype } = model;
	return { settings: { model: name, dtype, options: resolveOptions(options) }, ignored };
}

function problemOf(key: string, value: string, isThere: boolean): string | undefined {
	if (!Object.hasOwn(ALL_OPTIONS, key) || key === "device") {
		return "It is no setting.";
	}
	if (isThere) {
		return "It is there twice; the first counts.";
	}
	return value.length > MAX_VALUE ? `It has more than ${MAX_VALUE} characters.` : undefined;
}
