import { createHash } from "node:crypto";
import { resolveForModel } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import { inputDimensions } from "@dinoseg/core/image";
import type { ModelConfig } from "@dinoseg/core/model";
import type { SegmentationOptions } from "@dinoseg/core/options";
import type { ModelIdentity, ResultOutput } from "@dinoseg/core/result";
import type { TokenGrid } from "@dinoseg/core/tensor";
import type { Segmenter } from "@dinoseg/node/segmenter";
import type { WantedSegmentation } from "../api/options.ts";
import { unknownResource } from "../api/problems.ts";
import type { StoredImage } from "../store/images.ts";
import type { ResultStore } from "../store/results.ts";
import { type SegmentationRequest, segmentationId } from "../store/segmentation-request.ts";
import type { CallFollowing, ImageWork, Run } from "./image-work.ts";
import type { Job, Jobs, JobWork } from "./jobs.ts";
import type { Models } from "./models.ts";

/** A file of a segmentation: its bytes where they were just made, else where it lies on the disk. */
export interface MadeFile {
	readonly content: Uint8Array | { readonly path: string; readonly bytes: number };
	/** What is known beside it, as `FileFacts` or `TokenShape`. */
	readonly facts: unknown;
}

/** What is known of a file that was made for another tool. */
export interface FileFacts {
	readonly fileName: string;
	readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/** Shape of a token grid, and which model made it. */
export interface TokenShape extends Omit<TokenGrid, "data" | "norms"> {
	readonly model: ModelIdentity;
}

/** A segmentation that can be made. */
export interface PreparedSegmentation {
	readonly id: string;
	readonly request: SegmentationRequest;
}

export interface SegmentationsOptions {
	readonly work: ImageWork;
	readonly results: ResultStore;
	readonly models: Models;
	readonly jobs: Jobs;
	/** Tokens that a network may be asked for: memory grows with their square. */
	readonly maxTokens: number;
}

/** Segmentations by name: what is there is served, what is not is made once. */
export interface Segmentations {
	/** @throws DinosegError OPTION_INVALID, MODEL_UNKNOWN, MODEL_NOT_CACHED */
	prepare(image: StoredImage, wanted: WantedSegmentation): Promise<PreparedSegmentation>;
	/** One that was asked for before. @throws DinosegError RESOURCE_UNKNOWN */
	known(id: string): Promise<PreparedSegmentation>;
	/** Whether the label map and `segments.json` are there. */
	isDone(id: string): Promise<boolean>;
	/** Begin to make both, whoever waits. @throws DinosegError QUEUE_FULL, SERVICE_STOPPING */
	start(prepared: PreparedSegmentation): Promise<Job>;
	/**
	 * A file, made if it is not there.
	 *
	 * @param release gives a place in the queue back that the job can have. Default: there is none.
	 * @throws why it cannot be made; DinosegError ABORTED
	 */
	file(
		prepared: PreparedSegmentation,
		output: ResultOutput,
		signal: AbortSignal,
		release?: () => void,
	): Promise<MadeFile>;
	/** The token grid, (rows, cols, dim), and its norms, (rows, cols): float32, little-endian. Facts: `TokenShape`. */
	tokens(prepared: PreparedSegmentation, signal: AbortSignal): Promise<MadeFile>;
}

/** The files that a segmentation is done with. */
const OWN_FILES = ["labels.png", "segments.json"] as const;
const TOKENS_FILE = "tokens.bin";
/** Hexadecimal digits that tell files of one segmentation apart. */
const DIGEST_LENGTH = 16;

export function createSegmentations(options: SegmentationsOptions): Segmentations {
	const { work, results, models, jobs, maxTokens } = options;

	/**
	 * Let a worker make something of the image of a segmentation, and keep it.
	 *
	 * @param keep comes when the worker is free for the next one, and the segmentation is known.
	 */
	const makeOf = async <T>(
		{ id, request }: PreparedSegmentation,
		run: Run,
		make: (segmenter: Segmenter, bytes: Uint8Array, call: CallOptions) => Promise<T>,
		keep: (made: T) => Promise<void>,
	): Promise<void> => {
		const release = results.hold(id);
		const need = { model: models.keyOf(request.model, request.dtype), imageId: request.imageId };
		try {
			const made = await work(need, run, (segmenter, bytes, call) =>
				make(segmenter, bytes, { ...request.options, ...call }),
			);
			await results.begin(id, request);
			await keep(made);
		} finally {
			release();
		}
	};

	/**
	 * Make files, and keep them.
	 *
	 * @param give is called with each as soon as it is made: who waits need not wait for the disk.
	 */
	const render =
		(prepared: PreparedSegmentation, outputs: readonly ResultOutput[], give: Give = () => undefined): JobWork =>
		(signal, tell) =>
			makeOf(
				prepared,
				{ signal, tell },
				(segmenter, bytes, call) => segmenter.render(bytes, outputs, call),
				async (made) => {
					const files = made.map(({ bytes: content, fileName, warnings }, index) => {
						const name = storedName(outputs[index]);
						const facts: FileFacts | undefined = name === fileName ? undefined : { fileName, warnings };
						give({ content, facts });
						return { name, content, facts };
					});
					await store(prepared, files);
				},
			);

	const makeTokens =
		(prepared: PreparedSegmentation, give: Give): JobWork =>
		(signal, tell) =>
			makeOf(
				prepared,
				{ signal, tell },
				async (segmenter, bytes, call) => ({ grid: await segmenter.features(bytes, call), model: segmenter.model }),
				async ({ grid: { data, norms, ...shape }, model: { config: _, ...model } }) => {
					const content = Buffer.concat([bytesOf(data), bytesOf(norms)]);
					const facts: TokenShape = { ...shape, model };
					give({ content, facts });
					await store(prepared, [{ name: TOKENS_FILE, content, facts }]);
				},
			);

	/** A file comes after what is known of it, so that both are there where it is. */
	const store = async ({ id }: PreparedSegmentation, files: readonly StoredFile[]): Promise<void> => {
		for (const { name, content, facts } of files) {
			if (facts !== undefined) {
				await results.write(id, factsName(name), new TextEncoder().encode(JSON.stringify(facts)));
			}
			await results.write(id, name, content);
		}
	};

	const find = async (id: string, name: string): Promise<MadeFile | undefined> => {
		const content = await results.find(id, name);
		if (content === undefined) {
			return undefined;
		}
		const facts = await results.read(id, factsName(name));
		return { content, facts: facts && JSON.parse(new TextDecoder().decode(facts)) };
	};

	/** What is there, or what a job makes. */
	const findOrMake = async (
		id: string,
		name: string,
		make: (give: Give) => JobWork,
		signal: AbortSignal,
		release: () => void = () => undefined,
	): Promise<MadeFile> => {
		const there = await find(id, name);
		if (there !== undefined) {
			return there;
		}
		let give: Give = () => undefined;
		const given = new Promise<MadeFile>((resolve) => {
			give = resolve;
		});
		// That of the whole segmentation makes its own files.
		const own = (OWN_FILES as readonly string[]).includes(name) ? jobs.find(id) : undefined;
		const isUnderWay = (own?.status === "queued" || own?.status === "running") && !own.isEnding;
		release();
		const job = isUnderWay ? own : jobs.start(`${id}/${name}`, make(give), false);
		const kept = jobs.wait(job, signal).then(async () => {
			const made = await find(id, name);
			if (made === undefined) {
				throw unknownResource(`${name} of segmentation ${id} any more`, "Ask for it once more.");
			}
			return made;
		});
		return Promise.race([given, kept]);
	};

	return {
		async prepare(image, { model = models.defaultModel, dtype = models.defaultDtype, options: wanted }) {
			const { config, digest } = await models.facts(model, dtype);
			resolveForModel(config, wanted);
			checkTokens(image, wanted, config, maxTokens);
			const request = { imageId: image.id, model, dtype, options: wanted };
			return { id: segmentationId(request, digest, models.device), request };
		},
		known: async (id) => ({ id, request: await results.request(id) }),
		async isDone(id) {
			const found = await Promise.all(OWN_FILES.map((name) => results.find(id, name)));
			return found.every((file) => file !== undefined);
		},
		async start(prepared) {
			// What is refused leaves nothing.
			const release = jobs.reserve();
			try {
				await results.begin(prepared.id, prepared.request);
			} finally {
				release();
			}
			return jobs.start(
				prepared.id,
				render(
					prepared,
					OWN_FILES.map((file) => ({ file })),
				),
				true,
			);
		},
		file: (prepared, output, signal, release) =>
			findOrMake(prepared.id, storedName(output), (give) => render(prepared, [output], give), signal, release),
		tokens: (prepared, signal) => findOrMake(prepared.id, TOKENS_FILE, (give) => makeTokens(prepared, give), signal),
	};
}

type Give = (made: MadeFile) => void;

interface StoredFile {
	readonly name: string;
	readonly content: Uint8Array;
	readonly facts: object | undefined;
}

type CallOptions = SegmentationOptions & CallFollowing;

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The name under which a file is kept: that of a result's file, or a digest of what was asked for. */
export function storedName(output: ResultOutput): string {
	if ("file" in output && !("export" in output)) {
		return output.file;
	}
	return `made-${createHash("sha256").update(JSON.stringify(output)).digest("hex").slice(0, DIGEST_LENGTH)}`;
}

/** The file that tells what is known of another one. */
function factsName(name: string): string {
	return `${name}.facts.json`;
}

/** @throws DinosegError OPTION_INVALID if a network would have to make more tokens than the service lets it. */
function checkTokens(
	image: StoredImage,
	{ inputSize, stride, page }: SegmentationOptions,
	{ patchSize }: ModelConfig,
	maxTokens: number,
): void {
	// Only the first page was measured; a square has the most tokens of its size.
	const sides = page === "first" || page === 1 ? image : { width: 1, height: 1 };
	const { width, height } = inputDimensions(sides, inputSize, patchSize);
	const step = stride === "patch" ? patchSize : stride;
	const [rows, cols] = [height, width].map((side) => Math.floor((side - patchSize) / step) + 1);
	if (rows * cols > maxTokens) {
		throw new DinosegError(
			"OPTION_INVALID",
			`The image would have ${rows} x ${cols} = ${rows * cols} tokens, at most ${maxTokens} are allowed. Lower inputSize, or raise stride.`,
			{ details: { option: "inputSize", tokens: rows * cols, maxTokens } },
		);
	}
}
