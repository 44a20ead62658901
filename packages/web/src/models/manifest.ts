import { z } from "zod";

/** What a model that is whole consists of. Without it, a model is not there. */
export interface Manifest {
	/** `owner/name`. */
	readonly repo: string;
	/** The branch, tag or commit that was asked for. */
	readonly asked: string;
	/** The commit. */
	readonly revision: string;
	/** As the model's card tells, such as `apache-2.0`. */
	readonly licence: string | null;
	readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
	readonly name: string;
	readonly bytes: number;
	/** The hub's hash of it, under which it is stored: sha256, or git's SHA-1. */
	readonly blob: string;
	readonly sha256: string;
}

const MANIFEST: z.ZodType<Manifest> = z.object({
	repo: z.string(),
	asked: z.string(),
	revision: z.string(),
	licence: z.string().nullable(),
	files: z.array(
		z.object({
			name: z.string(),
			bytes: z.int().min(0),
			blob: z.string().regex(/^([0-9a-f]{64}|[0-9a-f]{40})$/),
			sha256: z.string().regex(/^[0-9a-f]{64}$/),
		}),
	),
});

/** @returns undefined for a text that was not written to its end, or by somebody else. */
export function parseManifest(text: string): Manifest | undefined {
	try {
		return MANIFEST.parse(JSON.parse(text));
	} catch {
		return undefined;
	}
}
