/**
 * The tables of flags in README.md and docs/flags.md, made from the options themselves.
 *
 * Run by hand (`npx tsx scripts/options-tables.ts`, after a build) to write them; a test compares them with the files.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { flagName, nameOptions } from "@dinoseg/core/errors";
import {
	ALL_OPTIONS,
	formatOption,
	OPTION_GROUPS,
	type OptionDefinition,
	type OptionGroup,
	type OptionKey,
} from "@dinoseg/core/options";
import type { Option } from "commander";
import { segmentCommand } from "../apps/cli/dist/commands/segment.js";
import { HELP_GROUPS } from "../apps/cli/dist/flags/option-flags.js";

const ROOT = new URL("../", import.meta.url);
/** Between these two lines of the README lies its table. */
const BEGIN = "<!-- options -->";
const END = "<!-- /options -->";

const TITLES: Readonly<Record<OptionGroup, string>> = {
	main: "What people use",
	quality: "Quality",
	network: "Network",
	running: "Running",
};

/** A document, and what it must be. */
export interface GeneratedDocument {
	/** From the root of the project. */
	readonly path: string;
	readonly text: string;
}

export function optionDocuments(): GeneratedDocument[] {
	const readme = readFileSync(new URL("README.md", ROOT), "utf8");
	const before = readme.slice(0, readme.indexOf(BEGIN) + BEGIN.length);
	const after = readme.slice(readme.indexOf(END));
	return [
		{ path: "README.md", text: `${before}\n\n${table("main")}\n\n${after}` },
		{ path: "docs/flags.md", text: page() },
	];
}

function page(): string {
	const parts = OPTION_GROUPS.map((group) => `## ${TITLES[group]}\n\n${table(group)}\n`);
	return [
		"# Flags",
		"",
		"Every flag of `dinoseg segment`. In code and in `segments.json` an option has the same name without dashes: `--input-size` is `inputSize`. An amount is switched off with 0, a method with `none`, a count that cannot be 0 with `off`. Which options pay, for what, and which do not: [quality.md](quality.md). What they do exactly: [conventions.md](conventions.md).",
		"",
		...parts,
	].join("\n");
}

function table(group: OptionGroup): string {
	const rows = flags()
		.filter((flag) => flag.helpGroupHeading === HELP_GROUPS[group])
		.map(row);
	return ["| Flag | What it does | Values | Default |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function row(flag: Option): string {
	const names = [flag.short, flag.long].filter((name) => name !== undefined).join(", ");
	const key = flag.attributeName() as OptionKey;
	const cells = Object.hasOwn(ALL_OPTIONS, key)
		? describe(key)
		: [sentence(flag.description), "", code(flag.defaultValue)];
	return `| \`${names}\` | ${cells.join(" | ")} |`;
}

function describe(key: OptionKey): [help: string, values: string, standard: string] {
	const { kind, help, default: value } = ALL_OPTIONS[key] as OptionDefinition<unknown>;
	return [
		nameOptions(sentence(help), (other) => `\`${flagName(other)}\``),
		sentence(kind.allowed ?? ""),
		kind.placeholder === undefined ? "off" : code(formatOption(key, value)),
	];
}

function sentence(text: string): string {
	return text.replaceAll("|", "\\|");
}

function code(value: unknown): string {
	return value === undefined || typeof value === "boolean" ? "" : `\`${value}\``;
}

/** All flags of the main job but that of the help. */
function flags(): readonly Option[] {
	return segmentCommand({} as never, () => {}).options;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	for (const { path, text } of optionDocuments()) {
		writeFileSync(new URL(path, ROOT), text);
	}
}
