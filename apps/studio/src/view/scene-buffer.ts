import type { Rect } from "../session/scene.ts";

/**
 * Draws a scene on the canvas. If a part of it changes alone, it is kept from then on, until all of it changes: a brush that
 * moves, or a stroke that changes a few pixels, lets all else stay as it is. Keeping costs a copy of each frame.
 */
export interface SceneBuffer {
	/**
	 * Draw what is stale, and show all.
	 *
	 * @param stale rectangles of the screen from the upper left, or all of it.
	 * @param draw  draws into the bound framebuffer; called once for each rectangle.
	 */
	render(stale: readonly Rect[] | "all", draw: () => void): void;
	dispose(): void;
}

/** Make a buffer of the size of the canvas, whatever that is or becomes. */
export function createSceneBuffer(gl: WebGL2RenderingContext): SceneBuffer {
	const framebuffer = gl.createFramebuffer();
	let renderbuffer: WebGLRenderbuffer | null = null;
	let width = 0;
	let height = 0;
	let isKept = false;

	function resize(): void {
		if (renderbuffer === null || width !== gl.drawingBufferWidth || height !== gl.drawingBufferHeight) {
			gl.deleteRenderbuffer(renderbuffer);
			width = gl.drawingBufferWidth;
			height = gl.drawingBufferHeight;
			renderbuffer = gl.createRenderbuffer();
			gl.bindRenderbuffer(gl.RENDERBUFFER, renderbuffer);
			gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height);
			gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, renderbuffer);
			isKept = false;
		}
	}

	function drawRects(rects: readonly Rect[], draw: () => void): void {
		gl.enable(gl.SCISSOR_TEST);
		for (const rect of rects) {
			const left = Math.max(rect.x, 0);
			const top = Math.max(rect.y, 0);
			const right = Math.min(rect.x + rect.width, width);
			const bottom = Math.min(rect.y + rect.height, height);
			if (left < right && top < bottom) {
				gl.scissor(left, height - bottom, right - left, bottom - top);
				draw();
			}
		}
		gl.disable(gl.SCISSOR_TEST);
	}

	return {
		render(stale, draw) {
			gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
			if (stale === "all") {
				isKept = false;
				draw();
				return;
			}
			gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
			resize();
			if (isKept) {
				drawRects(stale, draw);
			} else {
				draw();
				isKept = true;
			}
			gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
			// Chromium clears a canvas before the first drawing of a frame, and takes a blit for none: lines that follow would be
			// all that is seen.
			gl.clear(gl.COLOR_BUFFER_BIT);
			gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
			gl.bindFramebuffer(gl.FRAMEBUFFER, null);
		},
		dispose() {
			gl.deleteFramebuffer(framebuffer);
			gl.deleteRenderbuffer(renderbuffer);
		},
	};
}
