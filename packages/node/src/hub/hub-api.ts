import { DinosegError } from "@dinoseg/core";
import { z } from "zod";
import type { HubContext } from "./context.ts";
import { isCommit, nearNames } from "./names.ts";
import { type RepoFile, readRepoFile } from "./repo-files.ts";
import { requestJson } from "./request.ts";
import { withRetries } from "./retry.ts";
import { type HubSubject, revisionNotFound } from "./status-failures.ts";

/** A revision as the hub resolved it. */
export interface ResolvedRevision {
	readonly commit: string;
	/** Identifiers such as `apache-2.0`, if the model's card tells. */
	readonly licence: string | undefined;
}

const COMMIT = /^[0-9a-f]{40}$/;
const MAX_API_BYTES = 2 ** 24;
const MAX_FILES = 10_000;

const INFO = z.object({
	sha: z.string().regex(COMMIT),
	cardData: z
		.object({ license: z.union([z.string(), z.array(z.string())]).optional() })
		.nullish()
		.catch(undefined),
});
const NAMED = z.array(z.object({ name: z.string() })).default([]);
const REFS = z.object({ branches: NAMED, tags: NAMED });

/**
 * Ask which commit a revision is.
 *
 * @throws DinosegError HUB_REPO_NOT_FOUND, HUB_REVISION_NOT_FOUND, HUB_GATED and the rest of HUB_*.
 */
export async function resolveRevision(context: HubContext, repo: string, revision: string): Promise<ResolvedRevision> {
	const { modelInfo } = await import("@huggingface/hub");
	const subject = { repo, revision };
	let answer: unknown;
	try {
		answer = await modelInfo({
			name: repo,
			revision,
			additionalFields: ["sha", "cardData"],
			hubUrl: context.settings.endpoint,
			fetch: apiFetch(context, subject),
		});
	} catch (error) {
		throw await withNearRevisions(context, subject, error);
	}
	const { success, data } = INFO.safeParse(answer);
	if (!success || (isCommit(revision) && data.sha !== revision)) {
		throw new DinosegError(
			"HUB_RESPONSE_INVALID",
			`${repo}: the hub did not name the commit of revision "${revision}". Check HF_ENDPOINT; try again later.`,
			{ details: subject },
		);
	}
	const licence = data.cardData?.license;
	return { commit: data.sha, licence: Array.isArray(licence) ? licence.join(", ") : licence };
}

/**
 * List the files of a commit that a checkpoint may need.
 *
 * @throws DinosegError HUB_PATH_UNSAFE, HUB_RESPONSE_INVALID and the rest of HUB_*.
 */
export async function listRepoFiles(context: HubContext, repo: string, commit: string): Promise<RepoFile[]> {
	const { listFiles } = await import("@huggingface/hub");
	const files: RepoFile[] = [];
	let count = 0;
	const entries = listFiles({
		repo: { type: "model", name: repo },
		revision: commit,
		hubUrl: context.settings.endpoint,
		fetch: apiFetch(context, { repo, revision: commit }),
	});
	for await (const entry of entries) {
		count++;
		if (count > MAX_FILES) {
			throw new DinosegError(
				"HUB_RESPONSE_INVALID",
				`${repo}: lists more than ${MAX_FILES} files, which no checkpoint does. Check the name.`,
				{ details: { repo } },
			);
		}
		const file = readRepoFile(entry, repo);
		if (file !== undefined) {
			files.push(file);
		}
	}
	return files;
}

/** The address of a file's content. */
export function fileUrl(context: HubContext, repo: string, commit: string, file: string): string {
	return `${context.settings.endpoint}/${repo}/resolve/${commit}/${encodeURIComponent(file)}`;
}

/** What `@huggingface/hub` asks with: our token rules, retries, limits and errors in place of its own. */
function apiFetch(context: HubContext, subject: HubSubject): typeof fetch {
	return async (input) => {
		const url = String(input);
		const { text, headers } = await withRetries(context, () =>
			requestJson(context, url, { subject, maxBytes: MAX_API_BYTES }),
		);
		const link = headers.get("Link");
		return new Response(text, {
			headers: { "content-type": "application/json", ...(link === null ? {} : { link }) },
		});
	};
}

/** An error about a revision tells which ones are near, if the hub lists them. */
async function withNearRevisions(context: HubContext, subject: HubSubject, error: unknown): Promise<unknown> {
	if (!(error instanceof DinosegError && error.code === "HUB_REVISION_NOT_FOUND")) {
		return error;
	}
	try {
		const url = `${context.settings.endpoint}/api/models/${subject.repo}/refs`;
		const { text } = await requestJson(context, url, { subject, maxBytes: MAX_API_BYTES });
		const { branches, tags } = REFS.parse(JSON.parse(text));
		const names = [...branches, ...tags].map((ref) => ref.name);
		return revisionNotFound(subject, nearNames(subject.revision, names));
	} catch {
		return error;
	}
}
