/**
 * What the static build may load, as `Content-Security-Policy`: its own files and, when a model is asked for, those of the
 * hub. The document names it; its workers take it from the answers of the service worker, as they take none from a document.
 */
export const POLICY = [
	"default-src 'self'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"style-src 'self'",
	"img-src 'self' data: blob:",
	"connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co",
	"object-src 'none'",
	"base-uri 'none'",
	"form-action 'none'",
].join("; ");
