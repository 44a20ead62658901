import { DinosegError } from "@dinoseg/core/errors";

/** A program, and where its uniforms are. */
export interface GlProgram {
	readonly program: WebGLProgram;
	uniform(name: string): WebGLUniformLocation | null;
}

/**
 * Compile and link a program.
 *
 * @throws DinosegError INTERNAL if the driver refuses it, unless the context is lost
 */
export function linkProgram(gl: WebGL2RenderingContext, vertexSource: string, fragmentSource: string): GlProgram {
	const program = gl.createProgram();
	const shaders = [
		[gl.VERTEX_SHADER, vertexSource],
		[gl.FRAGMENT_SHADER, fragmentSource],
	] as const;
	const compiled = shaders.map(([type, source]) => {
		const shader = gl.createShader(type);
		if (shader !== null) {
			gl.shaderSource(shader, source);
			gl.compileShader(shader);
			gl.attachShader(program, shader);
		}
		return shader;
	});
	gl.linkProgram(program);
	if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
		const logs = compiled.map((shader) => (shader === null ? "" : gl.getShaderInfoLog(shader)));
		throw new DinosegError(
			"INTERNAL",
			`linkProgram: the driver refused a shader: ${[...logs, gl.getProgramInfoLog(program)].join(" ").trim()}`,
		);
	}
	for (const shader of compiled) {
		gl.deleteShader(shader);
	}
	const locations = new Map<string, WebGLUniformLocation | null>();
	return {
		program,
		uniform(name) {
			let location = locations.get(name);
			if (location === undefined) {
				location = gl.getUniformLocation(program, name);
				locations.set(name, location);
			}
			return location;
		},
	};
}
