/** What a page of tests does with views: bundled, and called by name from outside. */
import type { Layer } from "../src/session/layers.ts";
import { createCameraController } from "../src/view/camera-controller.ts";
import { createPictureView } from "../src/view/create-picture-view.ts";
import { createMinimap } from "../src/view/minimap.ts";
import type { PictureView, PictureViewOptions } from "../src/view/picture-view.ts";
import type { SegmentLook } from "../src/view/segment-looks.ts";
import { FIRST_STYLE, type ViewStyle } from "../src/view/view-style.ts";

/** A view with the context that it draws with. */
interface Shown {
	readonly canvas: HTMLCanvasElement;
	readonly view: PictureView;
	readonly gl: WebGL2RenderingContext;
}

function show(width: number, height: number, options?: PictureViewOptions): Shown {
	const canvas = document.createElement("canvas");
	canvas.style.cssText = `position: absolute; left: 0; top: 0; width: ${width}px; height: ${height}px`;
	document.body.replaceChildren(canvas);
	const view = createPictureView(canvas, options);
	const gl = canvas.getContext("webgl2");
	if (view === undefined || gl === null) {
		throw new Error("There is no WebGL 2 here.");
	}
	return { canvas, view, gl };
}

/** The pixels of the canvas, from the upper left. They are there only until the task ends. */
function read({ gl, canvas: { width, height } }: Shown): Uint8Array {
	const upwards = new Uint8Array(width * height * 4);
	gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, upwards);
	const pixels = new Uint8Array(upwards.length);
	for (let y = 0; y < height; y++) {
		pixels.set(upwards.subarray((height - 1 - y) * width * 4, (height - y) * width * 4), y * width * 4);
	}
	return pixels;
}

function drawn(shown: Shown): number[] {
	shown.view.draw();
	const pixels = [...read(shown)];
	const error = shown.gl.getError();
	if (error !== 0) {
		throw new Error(`WebGL has the error ${error}.`);
	}
	return pixels;
}

/** Wait until all that was drawn is there. */
function finish(gl: WebGL2RenderingContext): void {
	gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
}

let shownView: PictureView | undefined;
let followed: (() => unknown) | undefined;

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));

/** What a picture is shown with; a sequence of them is shown one after the other. */
interface Show {
	/** Without data: noise. */
	readonly photograph?: { data?: number[]; width: number; height: number };
	readonly parts?: number[];
	readonly patch?: { rect: { x: number; y: number; width: number; height: number }; data: number[] };
	readonly table?: number[];
	readonly segments?: SegmentLook[];
	readonly background?: number;
	readonly layer?: Omit<Layer, "data"> & { data: number[]; isSmooth: boolean };
	readonly style?: Partial<ViewStyle>;
	readonly camera?: { x: number; y: number; scale: number };
	readonly brush?: { x: number; y: number; radius: number };
	readonly lasso?: { x: number; y: number }[];
	/** Lose the context, and get another. */
	readonly lose?: boolean;
}

function noise(length: number): Uint8Array {
	return Uint8Array.from({ length }, (_, index) => (index * 2654435761) >>> 24);
}

function change(view: PictureView, show: Show): void {
	const { photograph, parts, patch, table, segments, layer, style, camera, brush, lasso } = show;
	if (photograph) {
		const { width, height, data = noise(width * height * 3) } = photograph;
		view.setPhotograph({ width, height, data: Uint8Array.from(data) });
	}
	if (parts && view.picture) {
		view.setParts(view.picture.width, view.picture.height, Uint16Array.from(parts));
	}
	if (patch) {
		view.patchParts([{ rect: patch.rect, data: Uint16Array.from(patch.data) }]);
	}
	if (table) {
		view.setTable(Uint16Array.from(table));
	}
	if (segments) {
		view.setSegments(segments, show.background);
	}
	if (layer) {
		view.setLayer({ ...layer, data: Uint8Array.from(layer.data) }, layer.isSmooth);
	}
	if (style) {
		view.setStyle({ ...FIRST_STYLE, ...style });
	}
	if (camera) {
		view.setCamera(camera);
	}
	view.setBrush(brush);
	view.setLasso(lasso);
}

async function loseContext({ canvas, gl }: Shown): Promise<void> {
	const extension = gl.getExtension("WEBGL_lose_context");
	const heard = (name: string) => new Promise((resolve) => canvas.addEventListener(name, resolve, { once: true }));
	const lost = heard("webglcontextlost");
	extension?.loseContext();
	await lost;
	const restored = heard("webglcontextrestored");
	// A context cannot be restored before the event has been answered.
	setTimeout(() => extension?.restoreContext());
	await restored;
}

const harness = {
	/** The pixels of a canvas after each step. */
	async pixels(width: number, height: number, steps: Show[], options?: PictureViewOptions): Promise<number[][]> {
		const shown = show(width, height, options);
		const frames: number[][] = [];
		for (const step of steps) {
			change(shown.view, step);
			if (step.lose) {
				await loseContext(shown);
			}
			frames.push(drawn(shown));
		}
		shown.view.dispose();
		return frames;
	},

	/** By how much the frames of a view in tiles differ from those of one without, at most, and how many bytes are not 0. */
	differences(width: number, height: number, steps: Show[], maxTile: number) {
		const [plain, tiled] = [undefined, maxTile].map((side) => {
			const shown = show(width, height, { maxTile: side });
			const frames = steps.map((step) => {
				change(shown.view, step);
				shown.view.draw();
				return read(shown);
			});
			shown.view.dispose();
			return frames;
		});
		return plain.map((frame, index) => ({
			most: frame.reduce((most, value, at) => Math.max(most, Math.abs(value - tiled[index][at])), 0),
			seen: frame.reduce((count, value) => count + Number(value > 0), 0),
		}));
	},

	/** Show a picture that pointers move; `followed` tells what came of it. */
	follow(width: number, height: number, step: Show, isHand: boolean): void {
		const { view, canvas } = show(width, height);
		const toTool: string[] = [];
		const states: string[] = [];
		const controller = createCameraController(view, canvas, {
			isHand: () => isHand,
			onState: (state) => states.push(state),
		});
		for (const name of ["pointerdown", "pointermove", "pointerup", "wheel"]) {
			canvas.addEventListener(name, () => toTool.push(name));
		}
		change(view, step);
		view.draw();
		shownView = view;
		followed = () => {
			controller.dispose();
			view.dispose();
			return { camera: view.camera, toTool, states };
		};
	},

	/** The scale of the picture that is followed. */
	scale: () => shownView?.camera.scale,

	followed: () => followed?.(),

	/** What a view says of places. */
	places(width: number, height: number, step: Show, points: { x: number; y: number }[]) {
		const { view } = show(width, height);
		change(view, step);
		const found = points.map(({ x, y }) => view.toPicture(x, y));
		view.dispose();
		return found;
	},

	/** What the frames of the page drew that nobody asked for by `draw`. */
	async scheduled(width: number, height: number, step: Show) {
		const { view } = show(width, height);
		let frames = 0;
		view.onFrame(() => frames++);
		change(view, step);
		change(view, step);
		while (frames === 0) {
			await nextFrame();
		}
		await nextFrame();
		await nextFrame();
		view.dispose();
		return frames;
	},

	/** Widths of the canvas while a picture is moved frame by frame, and once it has come to rest. */
	async drafts(width: number, height: number, step: Show) {
		const { view, canvas } = show(width, height);
		change(view, step);
		const widths: number[] = [];
		view.onFrame(() => widths.push(canvas.width));
		const { x, y } = view.camera;
		for (let round = 0; !widths.some((pixels) => pixels < width); round++) {
			view.setCamera({ x: x + (round & 1), y, scale: 4 });
			await nextFrame();
		}
		const moving = [...widths];
		widths.length = 0;
		while (widths.at(-1) !== width) {
			await nextFrame();
		}
		view.dispose();
		return { moving, resting: canvas.width };
	},

	/** The minimap of a picture: whether it is seen, and its pixels. */
	minimap(width: number, height: number, step: Show) {
		const { view } = show(width, height);
		const canvas = document.createElement("canvas");
		document.body.append(canvas);
		const minimap = createMinimap(canvas, view);
		change(view, step);
		view.draw();
		const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
		const found = { isHidden: canvas.hidden, width: canvas.width, height: canvas.height, pixels: [...pixels] };
		minimap.dispose();
		view.dispose();
		return found;
	},

	/** Milliseconds of what is done with a large picture. */
	async times(
		side: { width: number; height: number },
		canvas: { width: number; height: number },
		rounds: number,
		composited: boolean,
	) {
		const shown = show(canvas.width, canvas.height);
		const { view, gl } = shown;
		const { width, height } = side;
		const data = noise(width * height * 3);
		const cell = Math.ceil(Math.sqrt((width * height) / 4000));
		const columns = Math.ceil(width / cell);
		const parts = new Uint16Array(width * height);
		for (let y = 0, at = 0; y < height; y++) {
			for (let x = 0; x < width; x++) {
				parts[at++] = Math.floor(y / cell) * columns + Math.floor(x / cell);
			}
		}
		const count = Math.ceil(height / cell) * columns;
		const tables = [7, 12].map((step) =>
			Uint16Array.from({ length: count }, (_, part) => Math.floor(part / step) % 60),
		);
		const segmentsOf = (shade: number, selected = -1): SegmentLook[] =>
			Array.from({ length: 60 }, (_, id) => ({
				id,
				color: [id * 4, 255 - id * 3, (id * 17 + shade) & 255],
				isSelected: id === selected,
			}));

		const uploads: number[] = [];
		const calls: number[] = [];
		let begin = performance.now();
		view.setPhotograph({ data, width, height });
		calls.push(performance.now() - begin);
		const called = performance.now();
		view.setParts(width, height, parts);
		calls.push(performance.now() - called);
		view.setTable(tables[0]);
		view.setSegments(segmentsOf(0));
		let isShown = false;
		const end = view.onFrame(() => {
			isShown = true;
		});
		while (!isShown) {
			await nextFrame();
			const before = performance.now();
			finish(gl);
			uploads.push(performance.now() - before);
		}
		end();
		const upload = performance.now() - begin;

		const measure = async (count: number, act: (round: number) => void): Promise<number[]> => {
			const times: number[] = [];
			for (let round = 0; round < count; round++) {
				if (composited) {
					await nextFrame();
				}
				begin = performance.now();
				act(round);
				if (composited) {
					await new Promise<void>((resolve) => {
						const end = view.onFrame(() => {
							end();
							resolve();
						});
					});
				} else {
					view.draw();
				}
				finish(gl);
				times.push(performance.now() - begin);
			}
			return times;
		};
		view.draw();
		finish(gl);
		const patch = { rect: { x: width >> 1, y: height >> 1, width: 120, height: 120 }, data: new Uint16Array(14_400) };
		const { x, y } = view.camera;
		const results = {
			upload: [upload],
			calls,
			waits: uploads,
			table: await measure(rounds, (round) => view.setTable(tables[round & 1])),
			segments: await measure(rounds, (round) => view.setSegments(segmentsOf(round))),
			selected: await measure(rounds, (round) => view.setSegments(segmentsOf(round, round % 60))),
			hover: await measure(rounds, (round) =>
				view.setSegments(segmentsOf(0).map((segment) => ({ ...segment, isHovered: segment.id === round % 60 }))),
			),
			patch: await measure(rounds, (round) => {
				patch.data.fill(round);
				view.patchParts([patch]);
			}),
			brush: await measure(rounds, (round) => view.setBrush({ x: x + round, y, radius: 100 })),
			panAtFit: await measure(rounds, (round) => view.panBy(round & 1 ? 3 : -3, 1)),
			pan: await measure(rounds, (round) => view.setCamera({ x: x + round * 5, y: y + round * 3, scale: 1 })),
			panClose: await measure(rounds, (round) => view.setCamera({ x: x + round, y, scale: 10 })),
		};
		view.dispose();
		return results;
	},
};

export type Harness = typeof harness;

Object.assign(globalThis, { harness });
