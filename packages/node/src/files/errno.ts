/** The system's error code (`ENOENT`, `EACCES` and so on) of something thrown, if it has one. */
export function errnoOf(error: unknown): string | undefined {
	const code = (error as { code?: unknown } | null | undefined)?.code;
	return typeof code === "string" ? code : undefined;
}
