import type { ClusterChoice } from "@dinoseg/core/cluster";
import { DinosegError } from "@dinoseg/core/errors";
import { optionsFor, resolveOptions } from "@dinoseg/core/options";
import type { SegmentResult } from "@dinoseg/core/result";
import type { Keep, KeptState } from "../storage/keep.ts";
import { moving } from "../worker/serve-rpc.ts";
import { cutTable } from "./analysis/cut-table.ts";
import { explain } from "./analysis/explain.ts";
import type { SearchedPicture } from "./analysis/find-in-all.ts";
import { resultLayer } from "./analysis/layers.ts";
import { baseOfResult, treeOfResult } from "./base-of-result.ts";
import { baseOfLabels, createDocument, decodeDocument, type LabelDocument, type PartTree } from "./document/index.ts";
import type { Change, Edit, StrokePoint, StrokeStyle } from "./edits.ts";
import type { EditedPicture } from "./files/export-picture.ts";
import type { OpenedResult } from "./files/opening/opened-result.ts";
import { createKeeper } from "./keep-picture.ts";
import type { Explanation, Layer, LayerKind } from "./layers.ts";
import { createPictureSource, type PictureSourceOptions } from "./picture-source.ts";
import { createStrokes } from "./picture-strokes.ts";
import type { Rect, Scene, Settings } from "./scene.ts";
import type { SessionCall, StrokeProgress } from "./session-api.ts";
import { changeName, resultKey, treeKey } from "./settings-keys.ts";

/** A picture of a session. Its calls go one after the other. */
export interface Picture {
	readonly id: string;
	/** Of its file. */
	readonly name: string;
	segment(settings: Settings, gesture: number, call: SessionCall): Promise<Scene>;
	edit(edit: Edit, gesture: number): Promise<Scene>;
	undo(): Promise<Scene>;
	redo(): Promise<Scene>;
	beginStroke(style: StrokeStyle): Promise<void>;
	extendStroke(points: readonly StrokePoint[]): Promise<StrokeProgress>;
	endStroke(): Promise<Scene>;
	cancelStroke(): Promise<Scene>;
	layer(kind: Exclude<LayerKind, "similarity">, call: SessionCall): Promise<Layer>;
	explain(segment: number, call: SessionCall): Promise<Explanation>;
	/** Take the segments of a file. */
	takeLabels(opened: OpenedResult, call: SessionCall): Promise<Scene>;
	/** Take segments that were found in all pictures. */
	takeResult(result: SegmentResult): Promise<Scene>;
	/** What `findInAll` needs to know. */
	searched(call: SessionCall): Promise<SearchedPicture>;
	/** Pixels that it has. */
	readonly size: number;
	/** Forget what can be made anew, while another picture is looked at. */
	rest(): void;
	/** What is exported. */
	edited(call: SessionCall): Promise<EditedPicture>;
	/** Keep now what was to be kept in a moment. */
	flush(): Promise<void>;
	/** Keep nothing of it any more. */
	close(): void;
}

export interface PictureOptions extends PictureSourceOptions {
	readonly id: string;
	/** What its pixels were decoded with. */
	readonly settings: Settings;
	/** What outlives the page. */
	keep(): Keep | undefined;
	/** How it was left when the page was closed. @default it is new */
	readonly left?: KeptState | undefined;
}

/** What the segments were made with: undo and redo bring it back. */
interface Context extends Pick<Scene, "settings" | "choice" | "explainedVariance"> {
	/** Of regions. */
	readonly tree: PartTree | undefined;
	/** What was not made by the settings alone. @default it was */
	readonly result?: SegmentResult | undefined;
}

/** Make a picture of pixels: it has no segments until they are asked for. */
export function createPicture(options: PictureOptions): Picture {
	const { id, file, image, kernels } = options;
	const { width, height } = image.image;
	const whole: Rect = { x: 0, y: 0, width, height };
	const source = createPictureSource(options);
	const { tokensOf, resultOf } = source;
	let left = options.left;
	let document: LabelDocument<Context> | undefined;
	/** Whether the settings alone would make other segments: also names, colours and opened files count. */
	let isChanged = left?.document !== undefined;
	let last: Promise<unknown> = Promise.resolve();

	/** One call after the other. */
	const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
		const made = last.then(work);
		last = made.catch(() => undefined);
		return made;
	};

	const documentOf = (): LabelDocument<Context> => {
		if (document === undefined) {
			throw new DinosegError("DISPOSED", `${file.name} has no segments yet. Wait until it is segmented.`);
		}
		return document;
	};

	const strokes = createStrokes(documentOf);

	/** What the segments were made with. */
	const contextNow = (): Context => {
		const { context } = documentOf();
		if (context === undefined) {
			throw new DinosegError("INTERNAL", "A document does not say what it was made with.");
		}
		return context;
	};

	const keeper = createKeeper(id, options.keep, () => {
		if (strokes.isOpen || document === undefined) {
			return undefined;
		}
		const { settings, tree } = contextNow();
		isChanged ||= document.undoLabel !== undefined;
		return { settings, document: isChanged ? { bytes: document.encode(), hasTree: tree !== undefined } : undefined };
	});

	/** Clusters and opened segments get the tree of the picture when they need one. */
	const giveTree = async (call: SessionCall): Promise<void> => {
		const current = documentOf();
		if (current.needsTree) {
			const { settings } = contextNow();
			const { clusters: _, ...kept } = optionsFor("regions", settings.options);
			const regions = { ...settings, options: resolveOptions({ ...kept, segments: "regions" }) };
			const found = await tokensOf(settings, call);
			const tree = treeOfResult(await source.analysis.segment(found, regions, { signal: call.signal }));
			if (tree) {
				current.setTree(tree);
			}
		}
	};

	const sceneOf = (rects: readonly Rect[]): Scene => {
		const current = documentOf();
		keeper.soon();
		const { settings, choice, explainedVariance } = contextNow();
		const patches = rects.map((rect) => current.patch(rect));
		const table = current.table.slice();
		return moving(
			{
				settings,
				table,
				segments: current.segments(),
				background: current.background,
				patches,
				undo: current.undoLabel,
				redo: current.redoLabel,
				choice,
				explainedVariance,
				isEdited: current.isEdited,
				isKept: keeper.isKept,
			},
			[table, ...patches.map(({ data }) => data)],
		);
	};

	const changed = (change: Change | undefined): Scene => sceneOf(change?.rects ?? []);

	/** Take up what was left, or begin anew. */
	const begin = async (wanted: Settings, call: SessionCall): Promise<void> => {
		const settings = left?.document ? left.settings : wanted;
		const made = await resultOf(settings, call);
		const context = contextOf(settings, made);
		const kept = left?.document;
		left = undefined;
		if (kept) {
			try {
				const tree = kept.hasTree ? context.tree : undefined;
				document = decodeDocument(kept.bytes, tree, { ...context, tree });
				return;
			} catch (error) {
				const why = error instanceof Error ? error.message : String(error);
				call.onEvent?.({ type: "warning", message: `${file.name}: what was done by hand is lost. ${why}` });
			}
		}
		document = createDocument(baseOfResult(kernels, made, image.valid), context.tree, context);
	};

	/** Pixels are decoded once: whatever a link or a file says, their options stay. */
	const withOwnPixels = (settings: Settings): Settings => {
		const { page, bands, nodata, stretch } = options.settings.options;
		return { ...settings, options: { ...settings.options, page, bands, nodata, stretch } };
	};

	const segment = async (given: Settings, gesture: number, call: SessionCall): Promise<Scene> => {
		const settings = withOwnPixels(given);
		const isNew = document === undefined;
		if (isNew) {
			await begin(settings, call);
		}
		const current = documentOf();
		if (resultKey(contextNow().settings) === resultKey(settings) && isNew) {
			return sceneOf([whole]);
		}
		const context = contextNow();
		const label = changeName(context.settings, settings);
		if (context.tree && treeKey(context.settings) === treeKey(settings)) {
			const { table, choice } = cutTable(context.tree.tree, settings.options);
			const { rects } = current.recut(table, label, gesture, { ...context, settings, choice, result: undefined });
			return sceneOf(isNew ? [whole] : rects);
		}
		const made = await resultOf(settings, call);
		const base = baseOfResult(kernels, made, image.valid);
		const change = current.rebase(base, label, treeOfResult(made), gesture, contextOf(settings, made));
		return sceneOf(isNew ? [whole] : change.rects);
	};

	return {
		id,
		name: file.name,
		size: width * height,
		rest: source.rest,
		segment: (settings, gesture, call) => inTurn(() => segment(settings, gesture, call)),
		edit: (edit, gesture) =>
			inTurn(async () => {
				if (edit.type === "walk") {
					await giveTree({});
				}
				return changed(documentOf().apply(edit, gesture));
			}),
		undo: () => inTurn(async () => changed(documentOf().undo())),
		redo: () => inTurn(async () => changed(documentOf().redo())),
		beginStroke: (style) => inTurn(async () => strokes.begin(style)),
		extendStroke: (points) => inTurn(async () => strokes.extend(points)),
		endStroke: () => inTurn(async () => changed(strokes.end())),
		cancelStroke: () => inTurn(async () => changed(strokes.cancel())),
		layer: (kind, call) =>
			inTurn(async () => {
				const current = documentOf();
				const made = contextNow().result ?? (await resultOf(contextNow().settings, call));
				const colors = new Map(current.segments().map((segment) => [segment.id, segment.color]));
				const layer = resultLayer(made, kind, { kernels, colorOf: (segment) => colors.get(segment) ?? [0, 0, 0] });
				if (layer === undefined) {
					throw new DinosegError(
						"OPTION_INVALID",
						"Clusters have no tree, and so no borders of one. Choose regions to see them.",
					);
				}
				const data = layer.data.slice();
				return moving({ ...layer, data }, [data]);
			}),
		explain: (segment, call) =>
			inTurn(async () => {
				const current = documentOf();
				const { grid } = await tokensOf(contextNow().settings, call);
				const { parts, table, background } = current;
				const tree = contextNow().tree?.tree;
				return explain(kernels, grid, { parts, width, height, table, background, tree }, segment);
			}),
		takeLabels: ({ labels, segments, settings: given, sha256 }, { onEvent }) =>
			inTurn(async () => {
				const current = documentOf();
				const context = contextNow();
				const isOther = sha256 !== undefined && sha256 !== image.sha256;
				if (isOther) {
					const message = `The segments are of another photograph than ${file.name}, which has the same size.`;
					onEvent?.({ type: "warning", message });
				}
				const isOwn = given !== undefined && !isOther && given.model === context.settings.model;
				const opened = {
					settings: isOwn ? withOwnPixels(given) : context.settings,
					choice: undefined,
					explainedVariance: undefined,
					tree: undefined,
				};
				const names = new Map(segments.map(({ id, name, color }) => [id, { name, color }]));
				return changed(
					current.rebase({ ...baseOfLabels(kernels, labels), names }, "Open segments", undefined, undefined, opened),
				);
			}),
		takeResult: (made) =>
			inTurn(async () => {
				const current = documentOf();
				const context = contextOf(contextNow().settings, made);
				return changed(
					current.rebase(baseOfResult(kernels, made, image.valid), "Find in all pictures", undefined, undefined, {
						...context,
						tree: undefined,
						result: made,
					}),
				);
			}),
		searched: (call) =>
			inTurn(async () => {
				const { settings } = contextNow();
				return { id, analysis: source.analysis, tokens: await tokensOf(settings, call), settings };
			}),
		edited: (call) =>
			inTurn(async () => {
				const current = documentOf();
				const made = contextNow().result ?? (await resultOf(contextNow().settings, call));
				return { result: made, labels: current.labelMap(), segments: current.segments() };
			}),
		flush: keeper.flush,
		close: keeper.stop,
	};
}

function contextOf(settings: Settings, made: SegmentResult): Context {
	const { choice, pca } = made;
	const kept: { readonly choice?: ClusterChoice; readonly explainedVariance?: readonly number[] } = {
		...(choice ? { choice } : {}),
		...(pca ? { explainedVariance: [...pca.explainedVarianceRatio] } : {}),
	};
	return { settings, tree: treeOfResult(made), ...kept };
}
