/** What renderers call themselves that have no graphics card: of Chromium, Mesa, Windows and Apple. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|basic render|software/i;

/** Whether a context draws without a graphics card: it takes tens of milliseconds for a megapixel. False if it is not told. */
export function isSoftware(gl: WebGL2RenderingContext): boolean {
	const extension = gl.getExtension("WEBGL_debug_renderer_info");
	return extension !== null && SOFTWARE.test(String(gl.getParameter(extension.UNMASKED_RENDERER_WEBGL)));
}
