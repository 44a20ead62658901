/** True in the build that any server of files can serve: there the page is its own engine. */
export const IS_STATIC = import.meta.env.MODE === "static";

/** Whom the engine asks: the service that served the page, or the hub that the page names. */
export function engineAddress(): string {
	const hub = document.querySelector<HTMLMetaElement>("meta[name=dinoseg-hub]")?.content;
	return (IS_STATIC && hub) || location.origin;
}
