/** What a page of tests does with segmenters: bundled, and called by name from outside. Values that cross are JSON. */
import { createSegmenter, isDinosegError, type Runtime, type Segmenter, type SegmenterOptions } from "@dinoseg/web";

type CallOptions = NonNullable<Parameters<Segmenter["segment"]>[1]>;

let segmenter: Segmenter | undefined;
let openKey = "";
const runtimes: Runtime[] = [];

const use = (): Segmenter => {
	if (segmenter === undefined) {
		throw new Error("There is no segmenter: open one.");
	}
	return segmenter;
};

/** A file of the server. */
async function fileOf(path: string): Promise<File> {
	const response = await fetch(path);
	return new File([await response.blob()], path.split("/").at(-1) ?? path);
}

const base64 = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string => {
	const bytes = new Uint8Array(buffer, byteOffset, byteLength);
	let text = "";
	for (let at = 0; at < bytes.length; at += 8192) {
		text += String.fromCharCode(...bytes.subarray(at, at + 8192));
	}
	return btoa(text);
};

/** What an error says. */
async function orError<T>(work: () => Promise<T>): Promise<T | { readonly code: string; readonly message: string }> {
	try {
		return await work();
	} catch (error) {
		return { code: isDinosegError(error) ? error.code : "none", message: (error as Error).message };
	}
}

const harness = {
	/** Open a segmenter, unless the one that is open has the same options. */
	open: (options: SegmenterOptions = {}) =>
		orError(async () => {
			const key = JSON.stringify(options);
			if (segmenter === undefined || key !== openKey) {
				await segmenter?.dispose();
				segmenter = undefined;
				runtimes.length = 0;
				segmenter = await createSegmenter({ ...options, onRuntime: (runtime) => runtimes.push(runtime) });
				openKey = key;
			}
			const { model, runtime, kernels } = segmenter;
			return { digest: model.digest, name: model.name, runtime, kernels, runtimes };
		}),

	close: () =>
		orError(async () => {
			await segmenter?.dispose();
			segmenter = undefined;
		}),

	decode: (path: string, options: CallOptions = {}) =>
		orError(async () => {
			const { image, page, valid, warnings, sha256, name } = await use().decode(await fileOf(path), options);
			const { width, height, data } = image;
			const codes = warnings.map(({ code }) => code);
			return { width, height, data: base64(data), page, valid: valid && base64(valid), codes, sha256, name };
		}),

	decodeBytes: (bytes: number[], options: CallOptions = {}) =>
		orError(async () => (await use().decode(Uint8Array.from(bytes), options)).image.width),

	segment: (path: string, options: CallOptions = {}) =>
		orError(async () => {
			const begin = performance.now();
			const result = await use().segment(await fileOf(path), options);
			const ms = performance.now() - begin;
			const { kind, labels, timings, warnings } = result;
			const { rows, cols, data } = result.tokens();
			const codes = warnings.map(({ code }) => code);
			const { width, height, count } = labels;
			const bits = labels.data.BYTES_PER_ELEMENT * 8;
			return {
				kind,
				rows,
				cols,
				tokens: base64(data),
				labels: base64(labels.data),
				bits,
				width,
				height,
				count,
				timings,
				codes,
				ms,
			};
		}),

	sweep: (path: string, options: CallOptions) =>
		orError(async () => {
			const { maps } = await use().sweep(await fileOf(path), { min: 2, max: 4 }, options);
			const counts: number[] = [];
			for await (const { labels } of maps()) {
				counts.push(labels.count);
			}
			return counts;
		}),

	render: (path: string, names: string[], options: CallOptions) =>
		orError(async () => {
			const files = await use().render(
				await fileOf(path),
				names.map((file) => ({ file })),
				options,
			);
			return files.map(({ fileName, bytes }) => ({ fileName, start: Array.from(bytes.subarray(0, 8)) }));
		}),

	/** Call off what is asked for, after some milliseconds or once its network begins. */
	cancel: (path: string, options: CallOptions = {}) =>
		orError(async () => {
			const controller = new AbortController();
			const onEvent: CallOptions["onEvent"] = (event) => {
				if (event.type === "stage-start" && event.stage === "kmeans") {
					controller.abort();
				}
			};
			await use().segment(await fileOf(path), { ...options, signal: controller.signal, onEvent });
		}),

	pixels: (width: number, height: number) =>
		orError(async () => {
			const pixels = new ImageData(width, height);
			pixels.data.forEach((_, at) => {
				pixels.data[at] = (at * 7) % 256;
			});
			const { labels } = await use().segment(pixels, { clusters: 2, inputSize: 112 });
			return [labels.width, labels.height, pixels.data.length];
		}),

	/** Options that cannot cross to a worker. */
	uncloneable: () => orError(() => use().segment(new Uint8Array(8), { bands: new Proxy([1], {}) } as never)),

	/** Dispose of a segmenter whose worker has ended. */
	disposed: () =>
		orError(async () => {
			const late = use();
			segmenter = undefined;
			await late.dispose();
			return "disposed";
		}),

	wrong: (what: string) => orError(() => use().segment(what as never)),

	/** Segment with what is disposed of. */
	late: (path: string) =>
		orError(async () => {
			const late = use();
			segmenter = undefined;
			await late.dispose();
			await late.segment(await fileOf(path));
		}),

	runtimes: () => runtimes,
};

export type Harness = typeof harness;

Object.assign(globalThis, { harness });
