import type { Rect } from "../session/scene.ts";
import type { Extent, Point, Sampling } from "./camera.ts";
import { type GlProgram, linkProgram } from "./gl-program.ts";
import { COVER_VERTEX_SHADER, pictureFragmentShader, type ShaderFeature } from "./picture-shader.ts";
import type { PyramidTexture } from "./pyramid-texture.ts";
import { createSceneBuffer } from "./scene-buffer.ts";
import { changedRows, LOOK_ROW } from "./segment-looks.ts";
import { createStrokeRenderer } from "./stroke-renderer.ts";
import { filterTexture, type TiledTexture } from "./tiled-texture.ts";
import type { ViewStyle } from "./view-style.ts";

/** A layer on the graphics card. */
export interface LayerTexture {
	readonly pyramid: PyramidTexture;
	readonly isGrey: boolean;
	/** Interpolated between its pixels. */
	readonly isSmooth: boolean;
	/** Shape (256, 4). */
	readonly colorMap: Uint8Array;
}

/** All that a frame shows. */
export interface FrameContent {
	readonly picture: Extent;
	readonly sampling: Sampling;
	/** Pixels of the screen that a CSS pixel is wide. */
	readonly ratio: number;
	readonly style: ViewStyle;
	/** The ground; none: a checkerboard. */
	readonly ground: PyramidTexture | undefined;
	readonly layer: LayerTexture | undefined;
	readonly parts: TiledTexture | undefined;
	/** Whether a segment that is seen is selected, and whether one is hovered. */
	readonly hasSelection: boolean;
	readonly hasHover: boolean;
	/** Closed lines over it, points of the picture. */
	readonly strokes: readonly (readonly Point[])[];
}

/** Draws pictures in one context of WebGL. */
export interface PictureRenderer {
	/** Tell how parts look. Only what changed is uploaded. @param looks shape (65,536, 2). */
	setLooks(looks: Uint32Array): void;
	/**
	 * Draw a frame.
	 *
	 * @param stale what has changed since the last frame: rectangles of the picture, or all. Lines are always drawn anew.
	 */
	draw(frame: FrameContent, stale: readonly Rect[] | "all"): void;
	dispose(): void;
}

/** Half the width of a line between segments, and of that around a selection with its rim. CSS pixels. */
const LINE_REACH = 0.75;
const RIM_REACH = 2.25;
/** From this scale on, pixels of the photograph are seen as squares, and from this with lines between them. */
const SQUARES_SCALE = 4;
const GRID_SCALE = 8;
/** How much of what is not filled a hovered segment fills. */
const HOVER_FILL = 0.18;
/** CSS pixels that a field of the checkerboard is wide. */
const CHECKER = 8;

const FEATURES: readonly ShaderFeature[] = ["TILED", "GROUND", "LAYER", "SEGMENTS", "SELECTION", "GRID"];
const UNITS = { ground: 0, layer: 1, colorMap: 2, parts: 3, looks: 4 } as const;

/** Make what pictures are drawn with in a context. */
export function createPictureRenderer(gl: WebGL2RenderingContext): PictureRenderer {
	const programs = new Map<string, GlProgram>();
	const strokes = createStrokeRenderer(gl);
	const scene = createSceneBuffer(gl);
	const triangle = gl.createVertexArray();
	const looksTexture = gl.createTexture();
	const colorMapTexture = gl.createTexture();
	createTable(gl, looksTexture, gl.RG32UI, LOOK_ROW);
	createTable(gl, colorMapTexture, gl.RGBA8, 1);
	let looks = new Uint32Array(2 * LOOK_ROW * LOOK_ROW);

	function programFor(features: readonly ShaderFeature[]): GlProgram {
		const key = features.join();
		let made = programs.get(key);
		if (made === undefined) {
			made = linkProgram(gl, COVER_VERTEX_SHADER, pictureFragmentShader(features));
			programs.set(key, made);
		}
		return made;
	}

	function bindImage(uniform: GlProgram["uniform"], pyramid: PyramidTexture, name: string, frame: FrameContent): void {
		const { step } = frame.sampling;
		const perPixel = { x: pyramid.width / frame.picture.width, y: pyramid.height / frame.picture.height };
		// Two pixels of a level or less a pixel of the screen: a mean of four is what both ask for.
		const wanted = Math.floor(Math.log2(Math.max(1, step * Math.max(perPixel.x, perPixel.y))));
		const level = Math.min(wanted, pyramid.levels.length - 1);
		const { texture, tiling } = pyramid.levels[level];
		gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
		gl.uniform2f(uniform(`u${name}Scale`), perPixel.x / 2 ** level, perPixel.y / 2 ** level);
		gl.uniform2f(uniform(`u${name}Size`), tiling.width, tiling.height);
		gl.uniform4i(uniform(`u${name}Tiles`), tiling.innerWidth, tiling.innerHeight, tiling.columns, tiling.apron);
	}

	function bindLayer(uniform: GlProgram["uniform"], layer: LayerTexture, frame: FrameContent): void {
		gl.activeTexture(gl.TEXTURE0 + UNITS.layer);
		bindImage(uniform, layer.pyramid, "Layer", frame);
		const isShrunk = frame.sampling.step * layer.pyramid.width > frame.picture.width;
		filterTexture(gl, layer.isSmooth || isShrunk);
		gl.uniform1f(uniform("uLayerOpacity"), frame.style.layer);
		gl.uniform1i(uniform("uIsLayerGrey"), Number(layer.isGrey));
		gl.activeTexture(gl.TEXTURE0 + UNITS.colorMap);
		gl.bindTexture(gl.TEXTURE_2D, colorMapTexture);
		gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, 256, 1, gl.RGBA, gl.UNSIGNED_BYTE, layer.colorMap);
	}

	function bindSegments(uniform: GlProgram["uniform"], parts: TiledTexture, frame: FrameContent): void {
		const { fill, outlines } = frame.style;
		gl.activeTexture(gl.TEXTURE0 + UNITS.parts);
		gl.bindTexture(gl.TEXTURE_2D_ARRAY, parts.texture);
		gl.activeTexture(gl.TEXTURE0 + UNITS.looks);
		gl.bindTexture(gl.TEXTURE_2D, looksTexture);
		const { innerWidth, innerHeight, columns, apron } = parts.tiling;
		gl.uniform4i(uniform("uPartsTiles"), innerWidth, innerHeight, columns, apron);
		gl.uniform1f(uniform("uFill"), fill);
		gl.uniform1f(uniform("uHoverFill"), fill + (1 - fill) * HOVER_FILL);
		gl.uniform1f(uniform("uOutlines"), outlines);
		// Nearer than half a pixel, corners would let borders pass between them.
		gl.uniform1f(uniform("uReach"), Math.max(LINE_REACH * frame.ratio, 0.5) * frame.sampling.step);
		gl.uniform1f(uniform("uRimReach"), RIM_REACH * frame.ratio * frame.sampling.step);
	}

	function drawScene(frame: FrameContent): void {
		const { picture, sampling, ratio, style, ground } = frame;
		const { origin, step } = sampling;
		const isOriginal = style.showOriginal;
		const scale = 1 / (step * ratio);
		const layer = isOriginal || style.layer === 0 ? undefined : frame.layer;
		const areSeen = style.fill > 0 || style.outlines > 0 || frame.hasSelection || frame.hasHover;
		const parts = isOriginal || !areSeen ? undefined : frame.parts;
		const textures = [...(ground?.levels ?? []), ...(layer?.pyramid.levels ?? []), ...(parts ? [parts] : [])];
		const needs: Record<ShaderFeature, boolean> = {
			TILED: textures.some(({ tiling }) => tiling.columns * tiling.rows > 1),
			GROUND: ground !== undefined,
			LAYER: layer !== undefined,
			SEGMENTS: parts !== undefined,
			SELECTION: frame.hasSelection,
			GRID: scale >= GRID_SCALE,
		};
		const { program, uniform } = programFor(FEATURES.filter((feature) => needs[feature]));
		gl.useProgram(program);
		gl.bindVertexArray(triangle);
		const { drawingBufferWidth: width, drawingBufferHeight: height } = gl;
		// Rows of a framebuffer go upwards.
		gl.uniform2f(uniform("uOrigin"), origin.x, origin.y + height * step);
		gl.uniform2f(uniform("uStep"), step, -step);
		gl.uniform2i(uniform("uSize"), picture.width, picture.height);
		gl.uniform1f(uniform("uWipe"), Math.round((style.wipe ?? 0) * width));
		gl.uniform1f(uniform("uGrid"), step);
		gl.uniform1f(uniform("uChecker"), CHECKER * ratio);
		gl.uniform1i(uniform("uGround"), UNITS.ground);
		gl.uniform1i(uniform("uLayer"), UNITS.layer);
		gl.uniform1i(uniform("uColorMap"), UNITS.colorMap);
		gl.uniform1i(uniform("uParts"), UNITS.parts);
		gl.uniform1i(uniform("uLooks"), UNITS.looks);
		if (ground !== undefined) {
			gl.activeTexture(gl.TEXTURE0 + UNITS.ground);
			bindImage(uniform, ground, "Ground", frame);
			filterTexture(gl, scale < SQUARES_SCALE);
		}
		if (layer !== undefined) {
			bindLayer(uniform, layer, frame);
		}
		if (parts !== undefined) {
			bindSegments(uniform, parts, frame);
		}
		gl.drawArrays(gl.TRIANGLES, 0, 3);
	}

	return {
		setLooks(next) {
			gl.activeTexture(gl.TEXTURE0 + UNITS.looks);
			gl.bindTexture(gl.TEXTURE_2D, looksTexture);
			for (const { first, count } of changedRows(looks, next, 2 * LOOK_ROW)) {
				const rows = next.subarray(2 * LOOK_ROW * first, 2 * LOOK_ROW * (first + count));
				gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, first, LOOK_ROW, count, gl.RG_INTEGER, gl.UNSIGNED_INT, rows);
			}
			looks = next.slice();
		},
		draw(frame, stale) {
			const { origin, step } = frame.sampling;
			const margin = Math.ceil(RIM_REACH * frame.ratio) + 1;
			const screenRects =
				stale === "all"
					? stale
					: stale.map(({ x, y, width, height }) => ({
							x: Math.floor((x - origin.x) / step) - margin,
							y: Math.floor((y - origin.y) / step) - margin,
							width: Math.ceil(width / step) + 2 * margin + 1,
							height: Math.ceil(height / step) + 2 * margin + 1,
						}));
			scene.render(screenRects, () => drawScene(frame));
			for (const points of frame.strokes) {
				strokes.draw(
					points.map(({ x, y }) => ({ x: (x - origin.x) / step, y: (y - origin.y) / step })),
					frame.ratio,
				);
			}
		},
		dispose() {
			scene.dispose();
			strokes.dispose();
			gl.deleteVertexArray(triangle);
			gl.deleteTexture(looksTexture);
			gl.deleteTexture(colorMapTexture);
			for (const { program } of programs.values()) {
				gl.deleteProgram(program);
			}
		},
	};
}

/** Make room for a texture of 256 columns that is read element by element. */
function createTable(gl: WebGL2RenderingContext, texture: WebGLTexture, format: GLenum, rows: number): void {
	gl.bindTexture(gl.TEXTURE_2D, texture);
	gl.texStorage2D(gl.TEXTURE_2D, 1, format, 256, rows);
	gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
	gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
}
