import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DinosegError } from "@dinoseg/core/errors";
import type { ServiceApp, Services } from "../app/services.ts";
import { etagOf, sendFile } from "./send-file.ts";

/** Hexadecimal digits that tell versions of a file apart. */
const DIGEST_LENGTH = 32;

/** The page in which people work with the service. */
export function addStudio(app: ServiceApp, { studio }: Pick<Services, "studio">): void {
	for (const [address, { path, mediaType, isHashed }] of studio) {
		app.get(address, async (context) => {
			const content = await readFile(path).catch((cause: unknown) => {
				throw missing("The studio was built anew. Start the service again.", cause);
			});
			const digest = createHash("sha256").update(content).digest("hex").slice(0, DIGEST_LENGTH);
			return sendFile(context, { content }, mediaType, {
				etag: etagOf(digest),
				caching: isHashed ? "hashed" : "open",
			});
		});
	}
	if (!studio.has("/")) {
		app.get("/", () => {
			throw missing("The studio is not built. Run `npm run build` in the clone, then start the service again.");
		});
	}
}

function missing(message: string, cause?: unknown): DinosegError {
	return new DinosegError("RESOURCE_UNKNOWN", message, { cause });
}
