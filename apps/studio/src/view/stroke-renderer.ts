import type { Point } from "./camera.ts";
import { linkProgram } from "./gl-program.ts";
import type { Circle } from "./picture-view.ts";

/** Draws lines over what is there. */
export interface StrokeRenderer {
	/**
	 * Draw a closed line, light with a dark rim: it is seen on any ground.
	 *
	 * @param points pixels of the screen from the upper left.
	 * @param ratio  pixels of the screen that a CSS pixel is wide.
	 */
	draw(points: readonly Point[], ratio: number): void;
	dispose(): void;
}

/** Points that stand for a circle. */
const CIRCLE_POINTS = 96;
/** Widths in CSS pixels and colours of the two lines, one over the other. */
const LINES = [
	{ width: 3.5, color: [0, 0, 0, 0.7] },
	{ width: 1.5, color: [1, 1, 1, 1] },
] as const;

const VERTEX_SHADER = `#version 300 es
precision highp float;
layout(location = 0) in vec2 aFrom;
layout(location = 1) in vec2 aTo;
uniform vec2 uScreen;
uniform float uHalf;
out vec2 vAt;
flat out vec2 vFrom;
flat out vec2 vTo;
void main() {
	vec2 span = aTo - aFrom;
	vec2 along = dot(span, span) > 0.0 ? normalize(span) : vec2(1.0, 0.0);
	float reach = uHalf + 1.0;
	vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1)) * 2.0 - 1.0;
	vAt = (corner.x < 0.0 ? aFrom : aTo) + reach * (corner.x * along + corner.y * vec2(-along.y, along.x));
	vFrom = aFrom;
	vTo = aTo;
	gl_Position = vec4(vec2(2.0, -2.0) * vAt / uScreen + vec2(-1.0, 1.0), 0.0, 1.0);
}`;

const FRAGMENT_SHADER = `#version 300 es
precision highp float;
in vec2 vAt;
flat in vec2 vFrom;
flat in vec2 vTo;
uniform float uHalf;
uniform vec4 uColor;
out vec4 oColor;
void main() {
	vec2 span = vTo - vFrom;
	float share = clamp(dot(vAt - vFrom, span) / max(dot(span, span), 1e-6), 0.0, 1.0);
	float distance = length(vAt - vFrom - share * span);
	oColor = uColor * clamp(uHalf + 0.5 - distance, 0.0, 1.0);
}`;

/** Make what lines are drawn with. */
export function createStrokeRenderer(gl: WebGL2RenderingContext): StrokeRenderer {
	const { program, uniform } = linkProgram(gl, VERTEX_SHADER, FRAGMENT_SHADER);
	const buffer = gl.createBuffer();
	const array = gl.createVertexArray();
	gl.bindVertexArray(array);
	gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
	for (const location of [0, 1]) {
		gl.enableVertexAttribArray(location);
		// A line goes from one point to the next.
		gl.vertexAttribPointer(location, 2, gl.FLOAT, false, 8, 8 * location);
		gl.vertexAttribDivisor(location, 1);
	}
	gl.bindVertexArray(null);
	return {
		draw(points, ratio) {
			if (points.length === 0) {
				return;
			}
			const closed = Float32Array.from([...points, points[0]].flatMap(({ x, y }) => [x, y]));
			gl.useProgram(program);
			gl.bindVertexArray(array);
			gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
			gl.bufferData(gl.ARRAY_BUFFER, closed, gl.STREAM_DRAW);
			gl.uniform2f(uniform("uScreen"), gl.drawingBufferWidth, gl.drawingBufferHeight);
			gl.enable(gl.BLEND);
			gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
			for (const { width, color } of LINES) {
				gl.uniform1f(uniform("uHalf"), (width * ratio) / 2);
				gl.uniform4f(uniform("uColor"), color[0], color[1], color[2], color[3]);
				gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, points.length);
			}
			gl.disable(gl.BLEND);
			gl.bindVertexArray(null);
		},
		dispose() {
			gl.deleteProgram(program);
			gl.deleteBuffer(buffer);
			gl.deleteVertexArray(array);
		},
	};
}

/** A circle as a closed line. */
export function circlePoints({ x, y, radius }: Circle): Point[] {
	return Array.from({ length: CIRCLE_POINTS }, (_, index) => {
		const angle = (2 * Math.PI * index) / CIRCLE_POINTS;
		return { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) };
	});
}
