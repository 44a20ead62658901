import { execFileSync } from "node:child_process";
import { type PartialOptions, resolveOptions } from "@dinoseg/core/options";
import { Command } from "commander";
import fc from "fast-check";
import { expect, it } from "vitest";
import { segmentFlags } from "../../cli/dist/commands/segment.js";
import { readFlags } from "../../cli/dist/flags/read-flags.js";
import { commandLine } from "../src/session/files/command-line.ts";
import { settingsFromLink, settingsToLink } from "../src/session/files/settings-link.ts";

const OPTIONS: readonly PartialOptions[] = [
	{},
	{ clusters: 5, median: 0, pca: "off", repair: true, debias: true },
	{ clusters: { min: 3, max: 9 }, layer: [-4, -1], inputSize: { width: 644, height: 448 } },
	{ segments: "regions", detail: 61.5, minArea: { share: 0.02 } },
	{ segments: "regions", clusters: 12 },
	{ smooth: { method: "median", window: 15 }, minArea: { pixels: 0 }, init: "k-means++", restarts: 10 },
	{ nodata: -9999, bands: [1, 2, 3], page: 3, stride: 7, facet: "key", metric: "cosine", position: 0 },
	{ pixelSize: { width: 0.5, height: 0.4, unit: "um" }, maxPixels: 5000, whiten: 0.25, seed: 7, denoise: 0 },
];

/** The words that a shell makes of a command. */
function wordsOf(command: string): string[] {
	const script = `dinoseg() { printf '%s\\0' "$@"; }\n${command}`;
	return execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0").slice(0, -1);
}

/** What the command line understands of words after the name of the command. */
function parse(words: readonly string[]) {
	const command = new Command("segment").argument("<inputs...>").exitOverride();
	for (const flag of segmentFlags()) {
		command.addOption(flag);
	}
	command.parse([...words], { from: "user" });
	const { model, dtype, options } = readFlags(command);
	return { inputs: command.args, settings: { model, dtype, options } };
}

it.each(OPTIONS)("commandLine says the same as the settings: %j", (given) => {
	for (const [model, dtype] of [["tiny", "fp32"] as const, ["my models/it's", "int8"] as const]) {
		const settings = { model, dtype, options: resolveOptions(given) };
		const [command, ...words] = wordsOf(commandLine(settings, "cat.jpg"));
		expect(command).toBe("segment");
		expect(parse(words)).toEqual({ inputs: ["cat.jpg"], settings });
		expect(settingsFromLink(settingsToLink(settings))).toEqual({ settings, ignored: [] });
	}
});

it("commandLine names any file, whatever is in its name", () => {
	const settings = { model: "tiny", dtype: "fp32" as const, options: resolveOptions({ clusters: 4 }) };
	const name = fc
		.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(..."aé -'\"$`\\\n*?;|&<>(){}~#!%") })
		.filter((text) => !text.includes("\0"));
	fc.assert(
		fc.property(name, (file) => {
			const [, ...words] = wordsOf(commandLine(settings, file));
			expect(parse(words)).toEqual({ inputs: [file.startsWith("-") ? `./${file}` : file], settings });
		}),
		{ numRuns: 60 },
	);
});

it("commandLine is short where all is as usual", () => {
	const settings = {
		model: "tiny",
		dtype: "fp32" as const,
		options: resolveOptions({ segments: "regions", clusters: 5 }),
	};
	expect(commandLine(settings, "cat.jpg")).toBe("dinoseg segment cat.jpg --segments regions -k 5");
});
