/**
 * Keep onnxruntime from collecting telemetry, unless the user has set the variable.
 *
 * Since 1.30 it writes a device id and events below the user's cache folder and tries to send them. It reads the
 * environment of the process when it is loaded, so this comes first, and must be called in the main thread: a worker
 * has only a copy of the environment.
 */
export function disableTelemetry(): void {
	process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
}
