import { readFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { adjustedRandIndex, DinosegError, decodeLabelPng, isDinosegError, VERSION } from "@dinoseg/core";
import { cpuFeatures, createSegmenter, defaultCacheFolder, runtimeVersions, type Segmenter } from "@dinoseg/node";
import { Command, Option } from "commander";
import { describeDuration } from "../progress/progress.ts";
import { type CommandContext, EXIT, type ExitCode } from "./context.ts";

/** How the bundled photograph is segmented; `scripts/make-self-test.ts` made the expected map with the same options. */
export const SELF_TEST = {
	photograph: new URL("../../assets/self-test.jpg", import.meta.url),
	expected: new URL("../../assets/self-test-labels.png", import.meta.url),
	options: { clusters: 4, inputSize: 224 },
	/** Other kinds of CPU round differently, which moves a few pixels at the borders of segments. */
	minimumAgreement: 0.97,
} as const;

interface DoctorFlags {
	readonly model: string;
	readonly json?: boolean;
}

interface Check {
	readonly name: string;
	readonly ok: boolean;
	readonly value: string;
}

/** `dinoseg doctor`: what this installation is made of, and whether it gives right results. */
export function doctorCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	return new Command("doctor")
		.description("Show versions, CPU and model, and test this installation on a bundled photograph")
		.addOption(new Option("-m, --model <name>", "model to look at").default("tiny"))
		.addOption(new Option("--json", "print one JSON document to stdout"))
		.action(async (flags: DoctorFlags) => {
			const checks = [...(await describeMachine()), ...(await checkModel(flags.model)), await selfTest(context)];
			const isSound = checks.every((check) => check.ok);
			if (flags.json) {
				context.stdout.write(`${JSON.stringify({ ok: isSound, checks }, null, "\t")}\n`);
			} else {
				context.stdout.write(formatChecks(checks));
			}
			setExitCode(isSound ? EXIT.done : EXIT.failed);
		});
}

async function describeMachine(): Promise<Check[]> {
	const versions = runtimeVersions();
	const features = await cpuFeatures();
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
		fact("cache", defaultCacheFolder()),
	];
}

async function checkModel(name: string): Promise<Check[]> {
	try {
		return await withSegmenter(name, async ({ model }) => {
			const { hiddenSize, layers, patchSize } = model.config;
			const kind = model.bundled ? "bundled, not DINOv2" : "local folder";
			const shape = `${layers} layers, ${hiddenSize} wide, patch ${patchSize}`;
			return [
				{ name: "model", ok: true, value: `${model.name} (${kind}): ${shape}, sha256 ${model.digest.slice(0, 12)}…` },
			];
		});
	} catch (error) {
		return [{ name: "model", ok: false, value: messageOf(error) }];
	}
}

async function selfTest(context: CommandContext): Promise<Check> {
	const start = context.now();
	try {
		const expected = decodeLabelPng(await readFile(SELF_TEST.expected));
		const photograph = await readFile(SELF_TEST.photograph);
		const agreement = await withSegmenter("tiny", async (segmenter) => {
			const { labels } = await segmenter.segment(photograph, SELF_TEST.options);
			return adjustedRandIndex(labels.data, expected.data);
		});
		if (!(agreement >= SELF_TEST.minimumAgreement)) {
			throw new DinosegError(
				"SELF_TEST_FAILED",
				`the bundled photograph was segmented wrongly: agreement (ARI) ${agreement.toFixed(3)}, at least ${SELF_TEST.minimumAgreement} is expected. Reinstall dinoseg; if that does not help, report this output.`,
			);
		}
		const took = describeDuration(context.now() - start);
		return { name: "self-test", ok: true, value: `passed in ${took}, agreement (ARI) ${agreement.toFixed(3)}` };
	} catch (error) {
		return { name: "self-test", ok: false, value: messageOf(error) };
	}
}

async function withSegmenter<T>(model: string, use: (segmenter: Segmenter) => Promise<T>): Promise<T> {
	const segmenter = await createSegmenter({ model, cache: false });
	try {
		return await use(segmenter);
	} finally {
		await segmenter.dispose();
	}
}

function messageOf(error: unknown): string {
	if (isDinosegError(error)) {
		return error.message;
	}
	throw error;
}

function formatChecks(checks: readonly Check[]): string {
	const width = Math.max(...checks.map((check) => check.name.length));
	return `${checks.map(({ name, ok, value }) => `${ok ? "ok  " : "FAIL"}  ${name.padEnd(width)}  ${value}`).join("\n")}\n`;
}
