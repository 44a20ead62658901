import { access, readdir } from "node:fs/promises";
import type { LabelMap } from "@dinoseg/core/labels";
import { EXPORT_FORMAT_NAMES } from "@dinoseg/core/labels/formats";
import { makeLabelMap } from "../../../fixtures/label-maps.ts";
import { documentOf, writeStoredResult } from "../../../fixtures/stored-results.ts";
import type { Sandbox } from "./harness.ts";

/** Six patches: ids 0 to 5 at most. */
export const MAP = makeLabelMap(2);

export const exists = (path: string) =>
	access(path).then(
		() => true,
		() => false,
	);

/** A folder of results as `segment` leaves them. */
export async function writeResults(sandbox: Sandbox, maps: Readonly<Record<string, LabelMap>>): Promise<void> {
	for (const [name, labels] of Object.entries(maps)) {
		const file = `${name.split("/").at(-1)}.jpg`;
		await writeStoredResult(sandbox.path("out", name), labels, documentOf(labels, file));
	}
}

/** Formats that are made of results alone, without photographs. */
export const FORMATS_OF_RESULTS = EXPORT_FORMAT_NAMES.filter((name) => name !== "cutouts");

export const idsOf = ({ data }: LabelMap) => [...new Set(data)].sort((a, b) => a - b);

/** Two results, one of them in a folder below. */
export const TWO = { "sub/b": makeLabelMap(0), a: MAP };

/** All files in a folder and below, sorted. */
export async function filesOf(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => `${entry.parentPath}/${entry.name}`.slice(folder.length + 1))
		.sort();
}
