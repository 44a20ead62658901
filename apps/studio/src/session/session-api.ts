/** What the page asks its worker to do. Every method that changes a picture answers with its scene. */
import type { Warning } from "@dinoseg/core";
import type { RgbImage } from "@dinoseg/core/image";
import type { ResultOutput } from "@dinoseg/core/result";
import type { Runtime } from "@dinoseg/web";
import type { EngineModel, EngineOptions } from "../engine/engine.ts";
import type { KeptPicture } from "../storage/keep.ts";
import type { RpcCall } from "../worker/protocol.ts";
import type { Edit, StrokePoint, StrokeStyle } from "./edits.ts";
import type { NamedFile } from "./files/zip-all.ts";
import type { Explanation, Layer, LayerKind } from "./layers.ts";
import type { PartPatch, Scene, Settings } from "./scene.ts";

/** What a call tells while it runs. */
export type SessionEvent =
	/** What is being done, and which share of it is done. */
	| { readonly type: "progress"; readonly what: string; readonly share?: number }
	| { readonly type: "warning"; readonly message: string };

export type SessionCall = RpcCall<SessionEvent>;

/** A picture that was opened. */
export interface OpenedPicture {
	readonly photograph: RgbImage;
	readonly warnings: readonly Warning[];
}

/** What was painted since the last answer. */
export interface StrokeProgress {
	readonly patches: readonly PartPatch[];
	readonly table: Uint16Array;
}

/** A file that was made. */
export interface ExportedFile extends NamedFile {
	readonly warnings: readonly Warning[];
}

export interface SessionApi {
	/** Say where the engine is. @param key of what is kept for this tab. */
	connect(engine: EngineOptions, key: string, call: SessionCall): Promise<void>;
	models(call: SessionCall): Promise<readonly EngineModel[]>;
	pull(model: string, call: SessionCall): Promise<void>;
	/** Remove a model that was downloaded into this page. */
	remove(model: string, call: SessionCall): Promise<void>;
	/** What networks run on in this page, and why; undefined if they run elsewhere, or none has run. */
	runtime(call: SessionCall): Promise<Runtime | undefined>;
	/** Keep now what is to be kept: the page may end. */
	flush(call: SessionCall): Promise<void>;
	/** Forget what is not kept of a picture, until it is opened again. */
	sleep(id: string, call: SessionCall): Promise<void>;
	/** The pictures that this tab had when it was closed or loaded again. */
	kept(call: SessionCall): Promise<readonly KeptPicture[]>;
	/** How many pictures are kept of tabs that are closed. */
	left(call: SessionCall): Promise<number>;
	/** Make them pictures of this tab: `kept` has them then. */
	takeLeft(call: SessionCall): Promise<void>;
	/** Decode a picture; `segment` comes next. */
	open(id: string, file: File, settings: Settings, call: SessionCall): Promise<OpenedPicture>;
	/** Take the segments of a file that was exported before: `labels.png`, `segments.json`, COCO. */
	openLabels(id: string, files: readonly NamedFile[], call: SessionCall): Promise<Scene>;
	/**
	 * Segment, or segment otherwise: one step. Of regions another cut changes a table alone.
	 *
	 * @param gesture calls of one gesture are one step.
	 */
	segment(id: string, settings: Settings, gesture: number, call: SessionCall): Promise<Scene>;
	edit(id: string, edit: Edit, gesture: number, call: SessionCall): Promise<Scene>;
	undo(id: string, call: SessionCall): Promise<Scene>;
	redo(id: string, call: SessionCall): Promise<Scene>;
	beginStroke(id: string, style: StrokeStyle, call: SessionCall): Promise<void>;
	extendStroke(id: string, points: readonly StrokePoint[], call: SessionCall): Promise<StrokeProgress>;
	endStroke(id: string, call: SessionCall): Promise<Scene>;
	cancelStroke(id: string, call: SessionCall): Promise<Scene>;
	layer(id: string, kind: Exclude<LayerKind, "similarity">, call: SessionCall): Promise<Layer>;
	explain(id: string, segment: number, call: SessionCall): Promise<Explanation>;
	/** Give all pictures the clusters of one codebook: the same ids, names and colours. */
	findInAll(ids: readonly string[], clusters: number, call: SessionCall): Promise<readonly Scene[]>;
	exportFile(id: string, output: ResultOutput, call: SessionCall): Promise<ExportedFile>;
	/** The same file of several pictures, as a zip. */
	exportAll(ids: readonly string[], output: ResultOutput, call: SessionCall): Promise<ExportedFile>;
	close(id: string, call: SessionCall): Promise<void>;
}
