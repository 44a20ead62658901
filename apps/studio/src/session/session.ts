import { throwIfAborted, type Warning } from "@dinoseg/core";
import { DinosegError } from "@dinoseg/core/errors";
import type { ResultOutput } from "@dinoseg/core/result";
import type { Kernels } from "@dinoseg/kernels";
import type { CreateEngine, Engine } from "../engine/engine.ts";
import type { Keep } from "../storage/keep.ts";
import { moving } from "../worker/serve-rpc.ts";
import type { NamedFile } from "./files/zip-all.ts";
import { createPicture, type Picture } from "./picture.ts";
import type { Scene } from "./scene.ts";
import type { ExportedFile, SessionApi, SessionCall } from "./session-api.ts";

/** What a session takes from its surroundings. */
export interface SessionPorts {
	readonly kernels: Promise<Kernels>;
	readonly createEngine: CreateEngine;
	openKeep(tab: string): Promise<Keep>;
	/** A monotonic clock, milliseconds. */
	now(): number;
	/** Let waiting messages in. */
	yield(): Promise<void>;
}

/** Pixels of the pictures for which all that is computed is kept: each takes about 12 bytes for that. */
const AWAKE_PIXELS = 32_000_000;

/** All pictures of a page, and what is done to them. It works in the thread that calls it. */
export function createSession({ kernels: loading, createEngine, openKeep, ...clock }: SessionPorts): SessionApi {
	const pictures = new Map<string, Picture>();
	let engine: Engine | undefined;
	let keep: Keep | undefined;

	/** The picture that is asked for. Those that were not for the longest time rest. */
	const pictureOf = (id: string): Picture => {
		const picture = pictures.get(id);
		if (picture === undefined) {
			throw new DinosegError("DISPOSED", `There is no picture ${id}. Open it again.`);
		}
		pictures.delete(id);
		pictures.set(id, picture);
		let pixels = 0;
		for (const other of [...pictures.values()].reverse()) {
			pixels += other.size;
			if (pixels > AWAKE_PIXELS && other !== picture) {
				other.rest();
			}
		}
		return picture;
	};
	const engineOf = (): Engine => {
		if (engine === undefined) {
			throw new DinosegError("DISPOSED", "The session has no engine. Load the page again.");
		}
		return engine;
	};
	const exportOne = async (id: string, output: ResultOutput, call: SessionCall) => {
		const { exportPicture } = await loadFiles();
		const picture = pictureOf(id);
		const named = "export" in output ? { ...output, file: picture.name } : output;
		return exportPicture(await picture.edited(call), named, { kernels: await loading });
	};

	return {
		async connect(options, tab, { onEvent }) {
			engine = createEngine(options);
			keep ??= await openKeep(tab).catch(() => undefined);
			if (keep === undefined) {
				const message =
					"The browser lets this page keep nothing: what you do is lost when it is closed or loaded again.";
				onEvent?.({ type: "warning", message });
			}
		},
		models: ({ signal }) => engineOf().models({ signal }),
		pull: (model, { signal = new AbortController().signal, onEvent }) =>
			engineOf().pull(model, (share) => onEvent?.({ type: "progress", what: `Downloading ${model}`, share }), signal),
		remove: async (model) => engineOf().remove?.(model),
		runtime: async () => engine?.runtime?.(),
		kept: async () => (await keep?.list()) ?? [],
		left: async () => (await keep?.left()) ?? 0,
		takeLeft: async () => keep?.takeLeft(),
		async flush() {
			await Promise.all([...pictures.values()].map((picture) => picture.flush()));
		},
		async sleep(id) {
			await pictures.get(id)?.flush();
			pictures.get(id)?.close();
			pictures.delete(id);
		},
		async open(id, file, settings, { signal, onEvent }) {
			onEvent?.({ type: "progress", what: "Reading the picture" });
			await keep?.setFile(id, file).catch(() => undefined);
			const image = await engineOf().open(file, settings, { signal });
			const left = await keep?.state(id);
			throwIfAborted(signal);
			pictures.get(id)?.close();
			pictures.set(
				id,
				createPicture({
					id,
					file,
					image,
					kernels: await loading,
					engine: engineOf,
					settings,
					keep: () => keep,
					left,
					...clock,
				}),
			);
			const { data, width, height } = image.image;
			const photograph = { data: data.slice(), width, height };
			return moving({ photograph, warnings: image.warnings }, [photograph.data]);
		},
		openLabels: async (id, files, call) => {
			const picture = pictureOf(id);
			const { openResult } = await loadFiles();
			return picture.takeLabels(openResult(files, { imageName: picture.name }), call);
		},
		segment: (id, settings, gesture, call) => pictureOf(id).segment(settings, gesture, call),
		edit: (id, edit, gesture) => pictureOf(id).edit(edit, gesture),
		undo: (id) => pictureOf(id).undo(),
		redo: (id) => pictureOf(id).redo(),
		beginStroke: (id, style) => pictureOf(id).beginStroke(style),
		extendStroke: (id, points) => pictureOf(id).extendStroke(points),
		endStroke: (id) => pictureOf(id).endStroke(),
		cancelStroke: (id) => pictureOf(id).cancelStroke(),
		layer: (id, kind, call) => pictureOf(id).layer(kind, call),
		explain: (id, segment, call) => pictureOf(id).explain(segment, call),
		async findInAll(ids, clusters, call) {
			const chosen = ids.map(pictureOf);
			const searched = await Promise.all(chosen.map((picture) => picture.searched(call)));
			const { searchPictures } = await import("./search-pictures.ts");
			const { results } = await searchPictures(searched, clusters, { signal: call.signal });
			const scenes: Scene[] = [];
			for (const picture of chosen) {
				const result = results.get(picture.id);
				if (result) {
					scenes.push(await picture.takeResult(result));
				}
			}
			return scenes;
		},
		async exportFile(id, output, call) {
			const { fileName, bytes, warnings } = await exportOne(id, output, call);
			return movedFile(fileName, bytes, warnings);
		},
		async exportAll(ids, output, call) {
			const { zipAll } = await loadFiles();
			const entries: NamedFile[] = [];
			const warnings: Warning[] = [];
			for (const [index, id] of ids.entries()) {
				call.onEvent?.({ type: "progress", what: "Writing", share: index / ids.length });
				const { name } = pictureOf(id);
				try {
					const made = await exportOne(id, output, call);
					entries.push({ name: `${folderOf(name, index)}/${made.fileName}`, bytes: made.bytes });
					warnings.push(...made.warnings);
				} catch (error) {
					const why = error instanceof Error ? error.message : String(error);
					call.onEvent?.({ type: "warning", message: `${name} is not in the zip. ${why}` });
				}
			}
			return movedFile("dinoseg.zip", await zipAll(entries), warnings);
		},
		async close(id) {
			pictures.get(id)?.close();
			pictures.delete(id);
			await keep?.remove(id);
		},
	};
}

/** Formats are half of the worker: who only looks does not wait for them. */
function loadFiles() {
	return import("./files/index.ts");
}

function movedFile(name: string, bytes: Uint8Array, warnings: readonly Warning[]): ExportedFile {
	return moving({ name, bytes, warnings }, [bytes]);
}

/** A folder of its own for each picture, also where two have one name. */
function folderOf(name: string, index: number): string {
	return `${index + 1}-${name.replace(/\.[^.]+$/, "")}`;
}
