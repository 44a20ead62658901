import { DinosegError } from "@dinoseg/core";
import { didYouMean, nearNames } from "./near-names.ts";

/** A short name and the Hugging Face repository that it stands for. */
export interface KnownModel {
	readonly name: string;
	readonly repo: string;
}

const SIZES = ["small", "base", "large", "giant"];

/** Every short name of a model on the hub: `dinov2-<size>`, and `-reg` for the one with registers. */
export const KNOWN_MODELS: readonly KnownModel[] = SIZES.flatMap((size) => [
	{ name: `dinov2-${size}`, repo: `facebook/dinov2-${size}` },
	{ name: `dinov2-${size}-reg`, repo: `facebook/dinov2-with-registers-${size}` },
]);

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

/**
 * Read a model's name: `tiny`, a short name of DINOv2, or `owner/name`; each but the first with `@revision` if wanted.
 *
 * @throws DinosegError MODEL_UNKNOWN with the allowed names and those near; OPTION_INVALID for an impossible revision.
 */
export function parseModelName(text: string): ModelName {
	if (text === BUNDLED_NAME) {
		return { kind: "bundled", name: text };
	}
	const at = text.indexOf("@");
	const name = at < 0 ? text : text.slice(0, at);
	const revision = at < 0 ? DEFAULT_REVISION : text.slice(at + 1);
	const repo = KNOWN_MODELS.find((known) => known.name === name)?.repo ?? name;
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
			'the "owner/name" of a DINOv2 checkpoint on Hugging Face (each but the first also with "@revision"), and the ' +
			"path of a folder with config.json and model.safetensors.",
		{ details: { model: text, allowed, near } },
	);
}
