import { isDinosegError, messageOf } from "@dinoseg/core/errors";
import { IS_STATIC } from "./static-build.ts";
import { setState, type Toast } from "./store.ts";

/** Messages at a time. */
const MOST = 4;
let last = 0;

/** Say something that goes away by itself. */
export function say(message: string, kind: Toast["kind"] = "info"): void {
	const toast: Toast = { id: ++last, kind, message };
	setState(({ toasts }) => ({
		// The same thing is said once.
		toasts: [...toasts.filter((other) => other.message !== message), toast].slice(-MOST),
	}));
}

export function dismiss(id: number): void {
	setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** What went wrong, in the words of the page. Nothing is said of what was cancelled. */
export function sayError(error: unknown): void {
	if (!(isDinosegError(error) && error.code === "ABORTED")) {
		say(explain(error), "error");
	}
}

/** The message of an error. */
export function explain(error: unknown): string {
	if (isDinosegError(error)) {
		return messageOf(error, (key) => OPTION_LABELS[key] ?? key);
	}
	return error instanceof Error ? error.message : String(error);
}

/** How the page calls options. */
const OPTION_LABELS: Readonly<Record<string, string>> = {
	clusters: "Number of segments",
	detail: "Detail",
	median: "Median blur",
	pca: "PCA variance",
	minArea: "Smallest area",
	inputSize: "Input size",
	maxPixels: `--max-pixels of the ${IS_STATIC ? "command line" : "service"}`,
};
