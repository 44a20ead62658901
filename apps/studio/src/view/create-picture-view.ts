import { checkInteger, checkLength, DinosegError } from "@dinoseg/core/errors";
import { checkRgbImage } from "@dinoseg/core/image";
import type { Layer } from "../session/layers.ts";
import type { Rect } from "../session/scene.ts";
import {
	type Camera,
	clampCamera,
	type Extent,
	fitCamera,
	type Point,
	panCamera,
	pictureAt,
	sampleScreen,
	zoomCamera,
} from "./camera.ts";
import { followCanvas } from "./canvas-screen.ts";
import { colorMapOf } from "./color-maps.ts";
import { createCurrentLooks } from "./current-looks.ts";
import { createFramePacer } from "./frame-pacer.ts";
import { keepGlResources } from "./gl-resources.ts";
import { createPartMap, type PartMap } from "./part-map.ts";
import type { FrameContent, LayerTexture } from "./picture-renderer.ts";
import type { Circle, PictureView, PictureViewOptions } from "./picture-view.ts";
import { isSoftware } from "./software-renderer.ts";
import { circlePoints } from "./stroke-renderer.ts";
import { FIRST_STYLE } from "./view-style.ts";

/** Milliseconds of a frame for uploads. */
const UPLOAD_TIME = 8;
/** Milliseconds since the last frame within which another one waits for the page: it would not be seen. */
const HASTE_GAP = 12;
/** The share of the screen up to which what changes is drawn alone. */
const MOST_KEPT = 0.5;

/**
 * Show pictures on a canvas, whose size is that of its style. What it held is drawn again after the context was lost.
 *
 * @returns undefined if the browser has no WebGL 2, or lends none: the page says so, and that turning on hardware
 *          acceleration may help.
 */
export function createPictureView(
	canvas: HTMLCanvasElement,
	{ maxTile = Number.POSITIVE_INFINITY }: PictureViewOptions = {},
): PictureView | undefined {
	const context = canvas.getContext("webgl2", { alpha: true, antialias: false, depth: false, stencil: false });
	if (context === null || context.isContextLost()) {
		return undefined;
	}
	const gl = context;
	let picture: Extent | undefined;
	let parts: PartMap | undefined;
	const current = createCurrentLooks();
	let layer: { readonly kind: Layer["kind"]; readonly isSmooth: boolean; readonly colorMap: Uint8Array } | undefined;
	let style = FIRST_STYLE;
	let camera: Camera = { x: 0, y: 0, scale: 1 };
	let isFitted = true;
	let brush: Circle | undefined;
	let lasso: readonly Point[] | undefined;
	let stale: Rect[] | "all" = "all";
	let request: number | undefined;
	/** When something was drawn last, milliseconds. */
	let drawnAt = Number.NEGATIVE_INFINITY;
	const pacer = createFramePacer(isSoftware(gl), () => invalidate("all"));
	const listeners = new Set<() => void>();
	const resources = keepGlResources(canvas, gl, maxTile, restore);
	const screen = followCanvas(canvas, () => {
		setCamera(camera, isFitted);
	});

	function schedule(): void {
		request ??= requestAnimationFrame(update);
	}

	function update(): void {
		request = undefined;
		if (gl.isContextLost()) {
			return;
		}
		resources.textures.upload(UPLOAD_TIME);
		if (resources.textures.isPending) {
			schedule();
		} else {
			updateLooks();
			drawFrame(pacer.next(stale === "all"));
			drawnAt = performance.now();
		}
	}

	function invalidate(change: "all" | readonly Rect[]): void {
		stale = change === "all" || stale === "all" ? "all" : [...stale, ...change];
		schedule();
	}

	function setCamera(next: Camera, isFit: boolean): void {
		isFitted = isFit;
		if (picture !== undefined && screen.extent.width > 0 && screen.extent.height > 0) {
			camera = isFit ? fitCamera(picture, screen.extent) : clampCamera(next, picture, screen.extent);
		}
		invalidate("all");
	}

	function drawFrame(divisor: number): void {
		updateLooks();
		if (screen.apply(divisor)) {
			stale = "all";
		}
		if (canvas.width === 0 || canvas.height === 0) {
			return;
		}
		resources.renderer.draw(frameContent(), stale);
		stale = [];
		pacer.drawn(divisor);
		for (const listener of listeners) {
			listener();
		}
	}

	function updateLooks(): void {
		const before = current.renew();
		if (before === undefined) {
			return;
		}
		resources.renderer.setLooks(current.looks);
		if (stale !== "all" && parts !== undefined) {
			const changed = parts.whereLooksDiffer(before, current.looks);
			stale = changed === undefined ? stale : isMost(changed) ? "all" : [...stale, changed];
		}
	}

	/** Whether a rectangle of the picture is so much of the screen that keeping the rest is not worth a copy of it. */
	function isMost({ width, height }: Rect): boolean {
		return width * height * camera.scale ** 2 > MOST_KEPT * screen.extent.width * screen.extent.height;
	}

	function frameContent(): FrameContent {
		const { textures } = resources;
		const photograph = textures.image("photograph");
		const ground = { photograph, denoised: textures.image("denoised") ?? photograph, none: undefined }[style.ground];
		return {
			picture: picture ?? { width: 0, height: 0 },
			sampling: sampleScreen(camera, screen.extent, screen.ratio),
			ratio: screen.ratio,
			style,
			ground: style.showOriginal ? photograph : ground,
			layer: layerTexture(),
			parts: textures.parts,
			hasSelection: current.hasSelection,
			hasHover: current.hasHover,
			strokes: [...(brush === undefined ? [] : [circlePoints(brush)]), ...(lasso === undefined ? [] : [lasso])],
		};
	}

	function layerTexture(): LayerTexture | undefined {
		const slot = layer?.kind === "denoised" ? "denoised" : "layer";
		const pyramid = resources.textures.image(slot);
		const raster = resources.raster(slot);
		return layer && pyramid && raster && { ...layer, pyramid, isGrey: raster.channels === 1 };
	}

	function restore(): void {
		if (picture !== undefined) {
			resources.textures.setParts(picture, parts?.parts);
		}
		resources.renderer.setLooks(current.looks);
		invalidate("all");
	}

	return {
		setPhotograph({ data, width, height }) {
			checkRgbImage("setPhotograph", { data, width, height });
			const isOther = picture?.width !== width || picture.height !== height;
			picture = { width, height };
			resources.setImage("photograph", { data, width, height, channels: 3 });
			resources.setImage("denoised", undefined);
			resources.setImage("layer", undefined);
			layer = undefined;
			if (isOther) {
				parts = undefined;
				resources.textures.setParts(picture, undefined);
			}
			setCamera(camera, true);
		},
		setParts(width, height, newParts) {
			if (picture === undefined || picture.width !== width || picture.height !== height) {
				const expected = picture === undefined ? "set the photograph first" : `${picture.width} x ${picture.height}`;
				throw new DinosegError(
					"SHAPE_MISMATCH",
					`setParts: parts must have the size of the photograph, got ${width} x ${height}: ${expected}.`,
				);
			}
			parts = createPartMap(picture, newParts);
			resources.textures.setParts(picture, parts.parts);
			invalidate("all");
		},
		patchParts(patches) {
			for (const patch of patches) {
				parts?.patch(patch);
				resources.textures.patchParts(patch);
			}
			invalidate(patches.map(({ rect }) => rect));
		},
		setTable(next) {
			checkInteger("setTable", "number of parts", next.length, { min: 0, max: 65_536 });
			current.setTable(next);
			invalidate([]);
		},
		setSegments(segments, background) {
			current.setSegments(segments, background);
			invalidate([]);
		},
		setLayer(next, isSmooth) {
			if (next !== undefined) {
				checkLength("setLayer", "layer (height, width, channels)", next.data, next.height, next.width, next.channels);
				resources.setImage(next.kind === "denoised" ? "denoised" : "layer", next);
			}
			if (next?.kind === "denoised" || next === undefined) {
				resources.setImage("layer", undefined);
			}
			layer = next && { kind: next.kind, isSmooth, colorMap: colorMapOf(next.kind) };
			invalidate("all");
		},
		setStyle(next) {
			style = next;
			invalidate("all");
		},
		setCamera: (next) => setCamera(next, false),
		get camera() {
			return camera;
		},
		get picture() {
			return picture;
		},
		get extent() {
			return screen.extent;
		},
		get thumbnail() {
			return resources.textures.image("photograph")?.smallest;
		},
		setBrush(circle) {
			brush = circle;
			invalidate([]);
		},
		setLasso(points) {
			lasso = points;
			invalidate([]);
		},
		fit: () => setCamera(camera, true),
		zoomTo(scale, at = { x: screen.extent.width / 2, y: screen.extent.height / 2 }) {
			if (picture !== undefined) {
				// Beyond the limits the place under the pointer would move.
				const allowed = clampCamera({ ...camera, scale }, picture, screen.extent).scale;
				setCamera(zoomCamera(camera, screen.extent, allowed, at), false);
			}
		},
		panBy: (dx, dy) => setCamera(panCamera(camera, dx, dy), false),
		toPicture(clientX, clientY) {
			const box = canvas.getBoundingClientRect();
			return pictureAt(camera, screen.extent, { x: clientX - box.left, y: clientY - box.top });
		},
		hasten() {
			if (request !== undefined && performance.now() - drawnAt > HASTE_GAP) {
				cancelAnimationFrame(request);
				update();
				gl.flush();
			}
		},
		draw() {
			if (!gl.isContextLost()) {
				while (resources.textures.isPending) {
					resources.textures.upload(UPLOAD_TIME);
				}
				drawFrame(1);
			}
		},
		onFrame(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		dispose() {
			if (request !== undefined) {
				cancelAnimationFrame(request);
			}
			pacer.dispose();
			screen.dispose();
			listeners.clear();
			resources.dispose();
		},
	};
}
