import { DinosegError } from "../errors/index.ts";
import { KNOWN_MODELS, UNSUPPORTED_MODELS } from "./known-models.ts";

/** The model that comes with dinoseg and is on no hub. */
const BUNDLED_NAME = "tiny";

/** The branch that a name without `@revision` means. */
export const DEFAULT_REVISION = "main";

/** What a model's name asks for. */
export type ModelName =
	| { readonly kind: "bundled"; readonly name: string }
	| {
			readonly kind: "hub";
			/** As it was given. */
			readonly name: string;
			/** `owner/name`. */
			readonly repo: string;
			/** A branch, a tag or a commit. */
			readonly revision: string;
	  };

/** As huggingface_hub's `validate_repo_id`, with an owner. */
const REPO = /^(?=.{3,96}$)[A-Za-z0-9_][\w.-]*\/[A-Za-z0-9_][\w.-]*$/;
const REPO_FORBIDDEN = /--|\.\.|[.-](\/|$)|\.git$/;
/** What git allows in the name of a branch or tag, without what a shell or a URL would change. */
const REVISION = /^[A-Za-z0-9_][\w.+-]*(\/[A-Za-z0-9_][\w.+-]*)*$/;
const REVISION_FORBIDDEN = /\.\.|\.(\/|$)|\.lock(\/|$)/;
const MAX_REVISION_LENGTH = 200;
const COMMIT = /^[0-9a-f]{40}$/;
/** Near names offered at most. */
const MAX_NEAR = 3;

/**
 * Read a model's name: `tiny`, a short name, or `owner/name`; each but the first with `@revision` if wanted.
 *
 * @throws DinosegError MODEL_UNKNOWN with the allowed names and those near, or why a model is not supported;
 *   OPTION_INVALID for an impossible revision.
 */
export function parseModelName(text: string): ModelName {
	if (text === BUNDLED_NAME) {
		return { kind: "bundled", name: text };
	}
	const at = text.indexOf("@");
	const name = at < 0 ? text : text.slice(0, at);
	const revision = at < 0 ? DEFAULT_REVISION : text.slice(at + 1);
	const repo = KNOWN_MODELS.find((known) => known.name === name)?.repo ?? name;
	const unsupported = UNSUPPORTED_MODELS.find(({ names }) => names.test(name));
	if (unsupported !== undefined) {
		throw new DinosegError("MODEL_UNKNOWN", `Model "${text}" is not supported: ${unsupported.why}`, {
			details: { model: text },
		});
	}
	if (!REPO.test(repo) || REPO_FORBIDDEN.test(repo)) {
		throw unknownModel(text, name);
	}
	if (!REVISION.test(revision) || REVISION_FORBIDDEN.test(revision) || revision.length > MAX_REVISION_LENGTH) {
		throw new DinosegError(
			"OPTION_INVALID",
			`Model "${text}": the part after @ must be a branch, a tag or a commit, got "${revision}". ` +
				`Leave @ away for the newest of branch ${DEFAULT_REVISION}.`,
			{ details: { model: text, revision } },
		);
	}
	return { kind: "hub", name: text, repo, revision };
}

/** True for the full hash of a commit. */
export function isCommit(revision: string): boolean {
	return COMMIT.test(revision);
}

/**
 * The names that a mistyped one may have meant, nearest first.
 *
 * Source: Levenshtein distance; a name counts as near within a third of the length of the longer, or two.
 */
export function nearNames(name: string, known: Iterable<string>): string[] {
	const wanted = name.toLowerCase();
	return [...new Set(known)]
		.map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
		.filter(({ candidate, distance }) => distance <= Math.max(2, wanted.length / 3, candidate.length / 3))
		.sort((a, b) => a.distance - b.distance)
		.slice(0, MAX_NEAR)
		.map(({ candidate }) => candidate);
}

/** ` Did you mean "a" or "b"?`, or nothing if no name is near. */
export function didYouMean(near: readonly string[]): string {
	return near.length === 0 ? "" : ` Did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`;
}

/** The names near a repository's that dinoseg knows of. */
export function nearRepos(repo: string): string[] {
	return nearNames(
		repo,
		KNOWN_MODELS.map((known) => known.repo),
	);
}

function unknownModel(text: string, name: string): DinosegError {
	const allowed = [BUNDLED_NAME, ...KNOWN_MODELS.map((known) => known.name)];
	const near = nearNames(name, allowed);
	return new DinosegError(
		"MODEL_UNKNOWN",
		`Unknown model "${text}".${didYouMean(near)} Allowed are ${allowed.map((each) => `"${each}"`).join(", ")}, ` +
			'the "owner/name" of a checkpoint of DINOv2 or of a DINOv3 ViT on Hugging Face (each but the first also with "@revision"), and the ' +
			"path of a folder with config.json and model.safetensors.",
		{ details: { model: text, allowed, near } },
	);
}

function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const substituted = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(substituted, row[j] + 1, next[j - 1] + 1));
		}
		row = next;
	}
	return row[b.length];
}
