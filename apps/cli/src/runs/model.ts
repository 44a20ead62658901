import { availableParallelism } from "node:os";
import { KNOWN_MODELS } from "@dinoseg/core/hub";
import {
	BUNDLED_MODEL,
	type CachedModel,
	estimateMemory,
	estimateRunTime,
	hubCacheFolder,
	listCachedModels,
	loadCheckpoint,
	type ModelInfo,
	modelInfo,
	pullModel,
	removeModel,
	resolveModel,
	verifyModel,
} from "@dinoseg/node";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { describeBytes } from "../progress/bytes.ts";
import { createDownloadRenderer } from "../progress/download.ts";
import { printable } from "../progress/printable.ts";
import { describeDuration } from "../progress/progress.ts";
import { defaultInput } from "./default-input.ts";

export interface ModelFlags {
	readonly json?: boolean;
	readonly quiet?: boolean;
}

/** Show the models that have names, and those in the cache. */
export async function list(context: CommandContext, flags: ModelFlags): Promise<ExitCode> {
	const { env } = context;
	const cached = await listCachedModels({ env });
	const describe = (repo: string) => cached.filter((model) => model.repo === repo);
	const rows = [
		{ name: BUNDLED_MODEL, repo: null, licence: "apache-2.0", cached: [] as CachedModel[] },
		...KNOWN_MODELS.map(({ name, repo, licence }) => ({ name, repo, licence, cached: describe(repo) })),
		...cached
			.filter(({ name }) => name === undefined)
			.map((model) => ({ name: model.repo, repo: model.repo, licence: null, cached: [model] })),
	];
	if (flags.json) {
		const models = rows.map(({ name, repo, licence, cached: found }) => ({
			name,
			repo,
			licence,
			cached: found.map(({ revision, bytes, refs }) => ({ revision, bytes, refs })),
		}));
		printJson(context, { cacheFolder: hubCacheFolder({ env }), models });
		return EXIT.done;
	}
	const width = Math.max(...rows.map(({ name }) => name.length));
	for (const { name, repo, licence, cached: found } of rows) {
		const [first] = found;
		const state =
			repo === null
				? "bundled (not DINOv2)"
				: first
					? `in the cache, ${describeBytes(first.bytes)}, revision ${found.map(({ revision }) => revision.slice(0, 12)).join(", ")}`
					: "not downloaded";
		print(context, `${name.padEnd(width)}  ${state}${repo === null || repo === name ? "" : `  (${repo}, ${licence})`}`);
	}
	return EXIT.done;
}

/** Download a model into the cache. */
export async function pull(context: CommandContext, name: string, flags: ModelFlags): Promise<ExitCode> {
	const { env, stderr, now } = context;
	const onEvent = createDownloadRenderer({ stream: stderr, now, quiet: flags.quiet === true });
	const model = await pullModel(name, { env, onEvent });
	if (flags.json) {
		const { repo, revision, folder, bytes, files } = model;
		const document = {
			repo,
			revision,
			folder,
			bytes,
			files: files.map((file) => ({ name: file.name, bytes: file.bytes })),
		};
		printJson(context, document);
	} else if (!flags.quiet) {
		stderr.write(`${model.repo} is ready: use it with -m ${name}\n`);
	}
	return EXIT.done;
}

/** Show what is known of a model. */
export async function info(context: CommandContext, name: string, flags: ModelFlags): Promise<ExitCode> {
	const found = await modelInfo(name, { env: context.env });
	const { width: inputWidth, height: inputHeight } = defaultInput(found.config);
	const input = { sessions: 1, inputWidth, inputHeight };
	const memory = {
		fp32: estimateMemory(found.config, "fp32", input).total,
		int8: estimateMemory(found.config, "int8", input).total,
	};
	const bundled = await loadCheckpoint((await resolveModel(BUNDLED_MODEL)).folder);
	const runMs = await estimateRunTime(found.config, input, bundled, availableParallelism());
	if (flags.json) {
		printJson(context, { ...found, memory, runMs: Math.round(runMs) });
		return EXIT.done;
	}
	for (const [key, value] of describeInfo(found, inputWidth, memory, runMs)) {
		print(context, `${key.padEnd(13)} ${value}`);
	}
	return EXIT.done;
}

function describeInfo(
	found: ModelInfo,
	side: number,
	memory: { readonly fp32: number; readonly int8: number },
	runMs: number,
): [string, string][] {
	const { layers, hiddenSize, heads, patchSize, registers, mlp } = found.config;
	const extras = `${mlp === "swiglu" ? ", SwiGLU" : ""}${registers > 0 ? `, ${registers} registers` : ""}`;
	const weights = found.weights?.map(({ dtype, parameters, bytes }) => {
		return `${dtype}: ${(parameters / 1e6).toFixed(1)} million parameters, ${describeBytes(bytes)}`;
	});
	return [
		["repository", found.repo],
		["revision", found.revision],
		["architecture", `${layers} layers, ${hiddenSize} wide, ${heads} heads, patch ${patchSize}${extras}`],
		["weights", weights?.join("; ") ?? "not downloaded"],
		["files", `${found.files.length}, ${describeBytes(found.bytes)}`],
		["licence", found.licence ?? "not told"],
		["where", found.folder ?? "not in the cache"],
		[
			"memory",
			`about ${describeBytes(memory.fp32)} in fp32, ${describeBytes(memory.int8)} in int8, at ${side} x ${side}`,
		],
		["time", `roughly ${describeDuration(runMs)} a picture in fp32 here, at ${side} x ${side}`],
	];
}

/** Compare the files of cached models with their hashes. */
export async function verify(context: CommandContext, name: string | undefined, flags: ModelFlags): Promise<ExitCode> {
	const files = await verifyModel(name, { env: context.env });
	const damaged = files.filter(({ status }) => status === "damaged");
	if (flags.json) {
		printJson(context, { files });
	} else {
		for (const { repo, name: file, status, bytes } of flags.quiet ? damaged : files) {
			print(context, `${status.padEnd(8)} ${repo}  ${file}  ${describeBytes(bytes)}`);
		}
		if (files.length === 0) {
			print(context, "No model in the cache.");
		}
	}
	if (damaged.length > 0) {
		context.stderr.write("error Damaged files: remove the model (dinoseg model remove) and pull it again.\n");
	}
	return damaged.length > 0 ? EXIT.failed : EXIT.done;
}

/** Remove a model from the cache. */
export async function remove(context: CommandContext, name: string, flags: ModelFlags): Promise<ExitCode> {
	const removed = await removeModel(name, { env: context.env });
	if (flags.json) {
		printJson(context, removed);
	} else if (!flags.quiet) {
		const count = removed.revisions.length;
		context.stderr.write(
			`Removed ${removed.repo}: ${count} revision${count === 1 ? "" : "s"}, ${describeBytes(removed.freedBytes)} freed\n`,
		);
	}
	return EXIT.done;
}

function print(context: CommandContext, text: string): void {
	context.stdout.write(`${printable(text)}\n`);
}

function printJson(context: CommandContext, value: unknown): void {
	context.stdout.write(`${JSON.stringify(value, null, "\t")}\n`);
}
