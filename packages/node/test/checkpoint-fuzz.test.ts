import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, open, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom, type Random } from "@dinoseg/core";
import {
	parseModelConfig,
	parsePreprocessorConfig,
	parseSafetensorsHeader,
	parseShardIndex,
	requiredTensors,
} from "@dinoseg/core/model";
import { loadCheckpoint } from "@dinoseg/node";
import { beforeAll, describe, expect, it } from "vitest";
import { rewriteCheckpoint } from "../../../fixtures/forward-pass/rewrite-checkpoint.ts";
import { fuzzJson, fuzzSafetensors } from "../../../fixtures/fuzz.ts";
import {
	expectClear,
	expectConfig,
	expectFilled,
	expectPreprocessor,
	expectTimmPreprocessor,
	expectWeights,
	type Fields,
	parseWeights,
	readBytes,
} from "../../../fixtures/fuzz-expect.ts";
import { writeRandomCheckpoint } from "../../../fixtures/random-checkpoint.ts";
import { writeRandomDinov3 } from "../../../fixtures/random-dinov3.ts";
import { forEachSeedInTurn } from "../../../fixtures/seeds.ts";
import { openFilesBelow, tellsOpenFiles } from "./support/open-files.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

/** Damaged files given to the parsers, and those loaded from a disk. */
const RUNS = Number(process.env["DINOSEG_FUZZ_RUNS"] ?? 600);
const LOADS = Number(process.env["DINOSEG_FUZZ_LOADS"] ?? 300);
/** Of all threads: what others do on the machine does not count. */
const MOST_CPU_MS = 5000;
/** Of the heap and of buffers outside it, beyond what is there at the start. */
const MOST_BYTES = 256 * 2 ** 20;

const root = useTemporaryFolder();
const folderOf = (name: string): string => join(root.path, name);
beforeAll(async () => {
	const shape = { hiddenSize: 8, layers: 2, heads: 2, patchSize: 2, imageSize: 6 } as const;
	await writeRandomCheckpoint(folderOf("single"), { ...shape, mlp: "gelu" });
	await writeRandomCheckpoint(folderOf("sharded"), { ...shape, mlp: "swiglu", registers: 2, shardBytes: 3000 });
	const changes = { names: "original", dtype: "F32", mlpRatio: 4, layerNormEps: 1e-6 } as const;
	await rewriteCheckpoint(folderOf("single"), folderOf("original"), changes);
	const dinov3 = { hiddenSize: 8, layers: 2, heads: 2, patchSize: 2, mlp: "gelu" } as const;
	await writeRandomDinov3(folderOf("dinov3"), dinov3);
	await writeRandomDinov3(folderOf("timm"), { ...dinov3, layout: "timm" });
});

interface Kind {
	readonly checkpoint: "single" | "sharded" | "original" | "dinov3" | "timm";
	readonly file: string;
	damage(content: Uint8Array, random: Random): Uint8Array;
	/** Parse such a file alone, and prove what came out. */
	parse(content: Uint8Array, file: string): void;
}

const weights = {
	damage: fuzzSafetensors,
	parse(content: Uint8Array, file: string) {
		const entries = parseSafetensorsHeader(content, content.length, file);
		const parsed = parseWeights(content);
		expectFilled(parsed);
		const names = Object.keys(parsed.header).filter((name) => name !== "__metadata__");
		expect([...entries.keys()].sort()).toEqual(names.sort());
	},
};

/** A JSON file; `prove` gets its text and what `JSON.parse` makes of it. */
function json(prove: (text: string, file: string) => (fields: Fields) => void): Pick<Kind, "damage" | "parse"> {
	return {
		damage: (content, random) => fuzzJson(new TextDecoder().decode(content), random),
		parse(content, file) {
			const text = Buffer.from(content).toString("utf8");
			prove(text, file)(JSON.parse(text) as Fields);
		},
	};
}

const config = json((text, file) => {
	const parsed = parseModelConfig(text, file);
	return (fields) => expectConfig(fields, parsed);
});
const preprocessor = json((text, file) => {
	const parsed = parsePreprocessorConfig(text, file);
	return (fields) => expectPreprocessor(fields, parsed);
});
const index = json((text, file) => {
	const parsed = parseShardIndex(text, file);
	return ({ weight_map: map }) => {
		expect([...parsed.weights]).toEqual(Object.entries(map as Fields));
		// Nothing outside the checkpoint's folder is ever opened.
		expect(parsed.files.filter((name) => name.includes("/") || name.includes("\\") || name.startsWith(".."))).toEqual(
			[],
		);
	};
});

const KINDS: readonly Kind[] = [
	{ checkpoint: "single", file: "model.safetensors", ...weights },
	{ checkpoint: "original", file: "model.safetensors", ...weights },
	{ checkpoint: "sharded", file: "model-00002-of-", ...weights },
	{ checkpoint: "dinov3", file: "model.safetensors", ...weights },
	{ checkpoint: "timm", file: "model.safetensors", ...weights },
	{ checkpoint: "single", file: "config.json", ...config },
	{ checkpoint: "sharded", file: "config.json", ...config },
	{ checkpoint: "dinov3", file: "config.json", ...config },
	{ checkpoint: "timm", file: "config.json", ...config },
	{ checkpoint: "single", file: "preprocessor_config.json", ...preprocessor },
	{ checkpoint: "sharded", file: "model.safetensors.index.json", ...index },
];

function expectRight(folder: string, loaded: Awaited<ReturnType<typeof loadCheckpoint>>): void {
	const fields = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as Fields;
	expectConfig(fields, loaded.config);
	if (readdirSync(folder).includes("preprocessor_config.json")) {
		const text = readFileSync(join(folder, "preprocessor_config.json"), "utf8");
		expectPreprocessor(JSON.parse(text) as Fields, loaded.preprocessor);
	} else {
		expectTimmPreprocessor(fields, loaded.preprocessor);
	}
	expectWeights(loaded.folder, loaded, loaded.tables);
}

interface Outcomes {
	right: number;
	refused: number;
}

/**
 * Damage a file again and again.
 *
 * @param answer true if the damaged file was read right, false if it was clearly refused; throws otherwise.
 */
async function damageOften(
	{ damage }: Kind,
	whole: Uint8Array,
	runs: number,
	answer: (damaged: Uint8Array) => boolean | Promise<boolean>,
): Promise<void> {
	const outcomes: Outcomes = { right: 0, refused: 0 };
	const memory = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
	const before = memory();
	const areAll = await forEachSeedInTurn(runs, async (run) => {
		const damaged = damage(whole, createRandom(run));
		const start = process.cpuUsage();
		outcomes[(await answer(damaged)) ? "right" : "refused"]++;
		expect(cpuMs(start)).toBeLessThan(MOST_CPU_MS);
		expect(memory() - before).toBeLessThan(MOST_BYTES);
	});
	if (areAll) {
		expect(outcomes.right + outcomes.refused).toBe(runs);
		expect(outcomes.right).toBeGreaterThan(0);
		expect(outcomes.refused).toBeGreaterThan(0);
	}
}

/** Time that this process has computed since. */
function cpuMs(start: NodeJS.CpuUsage): number {
	const { user, system } = process.cpuUsage(start);
	return (user + system) / 1000;
}

function findFile({ checkpoint, file }: Kind): { folder: string; name: string; path: string; whole: Uint8Array } {
	const folder = folderOf(checkpoint);
	const name = readdirSync(folder).find((entry) => entry.startsWith(file)) ?? file;
	const path = join(folder, name);
	return { folder, name, path, whole: readBytes(path) };
}

const TIMEOUT = { timeout: 60_000 + RUNS * 10 + LOADS * 50 };

describe("a damaged file is read right, or refused by its name", () => {
	it.each(KINDS)("by its parser: $checkpoint $file", TIMEOUT, async (kind) => {
		const { whole, name } = findFile(kind);
		await damageOften(kind, whole, Math.ceil(RUNS / KINDS.length), (damaged) => {
			try {
				kind.parse(damaged, name);
				return true;
			} catch (error) {
				expectClear(error, [name]);
				return false;
			}
		});
	});

	it.each(KINDS)("from a disk: $checkpoint $file", TIMEOUT, async (kind) => {
		const { folder, path, whole } = findFile(kind);
		const files = readdirSync(folder);
		try {
			await damageOften(kind, whole, Math.ceil(LOADS / KINDS.length), async (damaged) => {
				writeFileSync(path, damaged);
				const loaded = await loadCheckpoint(folder).catch((error: unknown) => expectClear(error, files));
				if (loaded !== undefined) {
					expectRight(folder, loaded);
				}
				return loaded !== undefined;
			});
			expect(tellsOpenFiles ? await openFilesBelow(folder) : []).toEqual([]);
		} finally {
			writeFileSync(path, whole);
		}
	});
});

describe("a file that asks for much memory is refused", () => {
	/** Refused in little time and memory, and for what it asks for. */
	async function expectRefused(folder: string, message: RegExp): Promise<void> {
		const before = process.memoryUsage().rss;
		const start = process.cpuUsage();
		const error = await loadCheckpoint(folder).catch((reason: unknown) => reason);
		expect(cpuMs(start)).toBeLessThan(MOST_CPU_MS);
		expect(process.memoryUsage().rss - before).toBeLessThan(MOST_BYTES);
		expectClear(error, readdirSync(folder));
		expect((error as Error).message).toMatch(message);
	}

	const fields = { model_type: "dinov2", num_hidden_layers: 1, num_attention_heads: 1, patch_size: 4, image_size: 8 };

	it("for a header of 90 MB", TIMEOUT, async () => {
		const folder = folderOf("header");
		await mkdir(folder);
		await writeFile(join(folder, "config.json"), JSON.stringify({ ...fields, hidden_size: 8 }));
		const text = `{"a":[${"[],".repeat(30_000_000)}0]}`;
		const length = Buffer.alloc(8);
		length.writeBigUInt64LE(BigInt(text.length));
		await writeFile(join(folder, "model.safetensors"), Buffer.concat([length, Buffer.from(text)]));
		await expectRefused(folder, new RegExp(`the header claims ${text.length} bytes, at most 4194304`));
	});

	it("for a position table of 4 GB, all of it there", TIMEOUT, async () => {
		const folder = folderOf("table");
		await mkdir(folder);
		const text = JSON.stringify({ ...fields, hidden_size: 64, image_size: 16384 });
		await writeFile(join(folder, "config.json"), text);
		let end = 0;
		const header: Record<string, object> = {};
		const description = {
			family: "dinov2",
			hiddenSize: 64,
			layers: 1,
			heads: 1,
			mlp: "gelu",
			mlpSize: 256,
			registers: 0,
		} as const;
		const rest = {
			patchSize: 4,
			imageSize: 16384,
			layerNormEps: 1e-6,
			biases: { query: true, key: true, value: true },
		};
		for (const { name, shape } of requiredTensors({ ...description, ...rest })) {
			const begin = end;
			end += shape.reduce((product, size) => product * size, 4);
			header[name] = { dtype: "F32", shape, data_offsets: [begin, end] };
		}
		const bytes = Buffer.from(`________${JSON.stringify(header)}`);
		bytes.writeBigUInt64LE(BigInt(bytes.length - 8));
		// Without its data, which takes no place on the disk.
		const file = await open(join(folder, "model.safetensors"), "w");
		await file.writeFile(bytes);
		await file.truncate(bytes.length + end);
		await file.close();
		expect((await stat(join(folder, "model.safetensors"))).size).toBeGreaterThan(4e9);
		await expectRefused(folder, /config\.json: .*image_size/);
	});
});
