import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import { VERSION } from "@dinoseg/core";
import { DinosegError, isDinosegError } from "@dinoseg/core/errors";
import { decodeLabelPng } from "@dinoseg/core/labels";
import { adjustedRandIndex } from "@dinoseg/core/metrics";
import { DEFAULT_MODEL_OPTIONS, DEFAULT_OPTIONS } from "@dinoseg/core/options";
import { type Kernels, loadKernels } from "@dinoseg/kernels";
import {
	compareDtypes,
	cpuFeatures,
	decodeImage,
	estimateMemory,
	type LoadedCheckpoint,
	loadCheckpoint,
	resolveModel,
	runtimeVersions,
} from "@dinoseg/node";
import { createSegmenter, defaultCacheFolder } from "@dinoseg/node/segmenter";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { shellMessage } from "../flags/shell-message.ts";
import { describeDuration } from "../progress/progress.ts";
import { defaultInput } from "./default-input.ts";

/** How the bundled photograph is segmented; `scripts/make-self-test.ts` made the expected map with the same options. */
export const SELF_TEST = {
	photograph: new URL("../../assets/self-test.jpg", import.meta.url),
	expected: new URL("../../assets/self-test-labels.png", import.meta.url),
	options: { clusters: 4, inputSize: 224 },
	/** Other kinds of CPU round differently, which moves a few pixels at the borders of segments. */
	minimumAgreement: 0.97,
} as const;

const KERNELS_DESCRIPTIONS: Readonly<Record<Kernels["name"], string>> = {
	simd: "simd (WebAssembly)",
	reference: "reference (this Node has no WebAssembly SIMD: slower, same results)",
};

export interface DoctorFlags {
	readonly model?: string;
	readonly json?: boolean;
}

interface Check {
	readonly name: string;
	readonly ok: boolean;
	readonly value: string;
}

/** Tell what this installation is made of, and whether it gives right results. */
export async function diagnose(context: CommandContext, flags: DoctorFlags): Promise<ExitCode> {
	const checks = [
		...(await describeMachine()),
		...(await checkModel(context, flags.model ?? DEFAULT_MODEL_OPTIONS.model)),
		await selfTest(context),
	];
	const isSound = checks.every((check) => check.ok);
	if (flags.json) {
		context.stdout.write(`${JSON.stringify({ ok: isSound, checks }, null, "\t")}\n`);
	} else {
		context.stdout.write(formatChecks(checks));
	}
	return isSound ? EXIT.done : EXIT.failed;
}

async function describeMachine(): Promise<Check[]> {
	const versions = runtimeVersions();
	const features = await cpuFeatures();
	const kernels = await loadKernels();
	const processors = cpus();
	const memory = `${(totalmem() / 2 ** 30).toFixed(1)} GiB`;
	const fact = (name: string, value: string): Check => ({ name, ok: true, value });
	return [
		fact("dinoseg", VERSION),
		fact("node", `${process.version} on ${process.platform} ${process.arch}`),
		fact("onnxruntime-node", versions.onnxruntime),
		fact("sharp", `${versions.sharp} (libvips ${versions.libvips})`),
		fact("cpu", `${processors.length} x ${processors[0]?.model.trim() ?? "unknown"}, ${memory}`),
		fact("cpu features", features.length > 0 ? features.join(" ") : "not told by this system"),
		fact("kernels", KERNELS_DESCRIPTIONS[kernels.name]),
		fact("cache", defaultCacheFolder()),
	];
}

async function checkModel({ env, cwd }: CommandContext, name: string): Promise<Check[]> {
	try {
		// Looking at a model must not download it.
		const resolved = await resolveModel(name, { cwd, env: { ...env, HF_HUB_OFFLINE: "1" } });
		const checkpoint = await loadCheckpoint(resolved.folder, { cacheFolder: defaultCacheFolder() });
		const { hiddenSize, layers, patchSize } = checkpoint.config;
		const kind = resolved.bundled ? "bundled, not DINOv2" : (resolved.revision ?? "local folder");
		const shape = `${layers} layers, ${hiddenSize} wide, patch ${patchSize}`;
		const { width: inputWidth, height: inputHeight } = defaultInput(checkpoint.config);
		const { total } = estimateMemory(checkpoint.config, "fp32", { sessions: 1, inputWidth, inputHeight });
		return [
			{ name: "model", ok: true, value: `${name} (${kind}): ${shape}, sha256 ${checkpoint.digest.slice(0, 12)}…` },
			{
				name: "memory",
				ok: true,
				value: `about ${(total / 2 ** 20).toFixed(0)} MiB for the network at ${inputWidth} x ${inputHeight}`,
			},
			{ name: "int8", ok: true, value: await describeInt8(checkpoint) },
		];
	} catch (error) {
		return [{ name: "model", ok: false, value: failureOf(error) }];
	}
}

/** Whether 8-bit weights are worth it on this CPU: measured, because on some they are slower. */
async function describeInt8(checkpoint: LoadedCheckpoint): Promise<string> {
	const bytes = await readFile(SELF_TEST.photograph);
	const { image } = await decodeImage(bytes, { name: "self-test", maxPixels: DEFAULT_OPTIONS.maxPixels });
	const { fp32Ms, int8Ms, speedup, cosine } = await compareDtypes(checkpoint, {
		cacheFolder: defaultCacheFolder(),
		image,
		inputSize: DEFAULT_OPTIONS.inputSize,
		threads: availableParallelism(),
		runs: 1,
	});
	const times = `${fp32Ms.toFixed(0)} ms in fp32, ${int8Ms.toFixed(0)} ms in int8, tokens agree to a cosine of ${cosine.toFixed(4)}`;
	return speedup > 1
		? `${speedup.toFixed(1)} x as fast as fp32 (${times})`
		: `not faster on this CPU, use fp32 (${times})`;
}

async function selfTest(context: CommandContext): Promise<Check> {
	const start = context.now();
	try {
		const expected = decodeLabelPng(await readFile(SELF_TEST.expected));
		const photograph = await readFile(SELF_TEST.photograph);
		const segmenter = await createSegmenter({ model: "tiny", cache: false });
		const { labels } = await segmenter.segment(photograph, SELF_TEST.options).finally(() => segmenter.dispose());
		const agreement = adjustedRandIndex(labels.data, expected.data);
		if (!(agreement >= SELF_TEST.minimumAgreement)) {
			throw new DinosegError(
				"SELF_TEST_FAILED",
				`the bundled photograph was segmented wrongly: agreement (ARI) ${agreement.toFixed(3)}, at least ${SELF_TEST.minimumAgreement} is expected. Reinstall dinoseg; if that does not help, report this output.`,
			);
		}
		const took = describeDuration(context.now() - start);
		return { name: "self-test", ok: true, value: `passed in ${took}, agreement (ARI) ${agreement.toFixed(3)}` };
	} catch (error) {
		return { name: "self-test", ok: false, value: failureOf(error) };
	}
}

function failureOf(error: unknown): string {
	if (isDinosegError(error)) {
		return shellMessage(error);
	}
	throw error;
}

function formatChecks(checks: readonly Check[]): string {
	const width = Math.max(...checks.map((check) => check.name.length));
	return `${checks.map(({ name, ok, value }) => `${ok ? "ok  " : "FAIL"}  ${name.padEnd(width)}  ${value}`).join("\n")}\n`;
}
