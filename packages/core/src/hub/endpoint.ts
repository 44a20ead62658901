import { DinosegError } from "../errors/index.ts";

export const DEFAULT_ENDPOINT = "https://huggingface.co";

/**
 * Read the address of a hub.
 *
 * @param source what holds the text, as people call it.
 * @returns it without a slash at its end.
 * @throws DinosegError OPTION_INVALID
 */
export function parseEndpoint(text: string, source: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const usable = (url?.protocol === "https:" || url?.protocol === "http:") && url.search === "" && url.hash === "";
	if (!usable || url.username !== "" || url.password !== "") {
		throw new DinosegError(
			"OPTION_INVALID",
			`${source} must be the http or https address of a hub, as ${DEFAULT_ENDPOINT}, without user or query. ` +
				"Correct or unset it.",
			{ details: { variable: source } },
		);
	}
	return url.href.replace(/\/+$/, "");
}
