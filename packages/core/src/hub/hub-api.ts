import { z } from "zod";
import { DinosegError } from "../errors/index.ts";
import type { HubContext } from "./context.ts";
import { checkShape, excerpt, type HubAnswer, invalidAnswer } from "./hub-answer.ts";
import { describeLicence } from "./known-models.ts";
import { isCommit, nearNames } from "./names.ts";
import { type RepoFile, readRepoFile } from "./repo-files.ts";
import { requestJson } from "./request.ts";
import { type HubSubject, revisionNotFound } from "./status-failures.ts";

/*
 * The three calls of the hub's API that a pull needs. Source: huggingface.co/.well-known/openapi.json, paths
 * `/api/models/{namespace}/{repo}/revision/{rev}`, `/tree/{rev}/{path}` and `/refs`.
 */

/** A revision as the hub resolved it. */
export interface ResolvedRevision {
	readonly commit: string;
	/** Of the weights, for people, as `apache-2.0`: what the model's card tells, or is known without. */
	readonly licence: string | undefined;
}

const MAX_API_BYTES = 2 ** 24;
const MAX_FILES = 10_000;
/** Requests for one list at most; the hub puts a thousand entries on a page. */
const MAX_PAGES = 50;
const MAX_REFS = 10_000;
const MAX_NAME_LENGTH = 200;
const MAX_LICENCES = 20;

const COMMIT = "the commit's 40 hexadecimal digits";
const LICENCE = z.string().max(MAX_NAME_LENGTH);
const INFO = z.object(
	{
		sha: z.string(COMMIT).refine(isCommit, COMMIT),
		// A card is written by people: what is odd in it is left out and stops nothing.
		cardData: z
			.object({
				license: z.union([LICENCE, z.array(LICENCE).max(MAX_LICENCES)]).optional(),
				license_name: LICENCE.optional(),
			})
			.optional()
			.catch(undefined),
	},
	"an object",
);
// Entries are looked at one by one: of a million that are wrong, the first is enough to know.
const TREE = z.array(z.unknown(), "a list of files");
const REF = z.object({ name: z.string().max(MAX_NAME_LENGTH) });
const REF_LIST = z.array(z.unknown()).max(MAX_REFS).default([]);
const REFS = z.object({ branches: REF_LIST, tags: REF_LIST });

/**
 * Ask which commit a revision is.
 *
 * @throws DinosegError HUB_REPO_NOT_FOUND, HUB_REVISION_NOT_FOUND, HUB_GATED and the rest of HUB_*.
 */
export async function resolveRevision(context: HubContext, repo: string, revision: string): Promise<ResolvedRevision> {
	const subject = { repo, revision };
	const path = `revision/${encodeURIComponent(revision)}?expand=sha&expand=cardData`;
	let answer: HubAnswer;
	try {
		answer = await requestJson(context, apiUrl(context, repo, path), { subject, maxBytes: MAX_API_BYTES });
	} catch (error) {
		throw await withNearRevisions(context, subject, error);
	}
	const { sha, cardData } = checkShape(context, INFO, answer.value, answer);
	if (isCommit(revision) && sha !== revision) {
		throw invalidAnswer(context, answer.url, `answered with commit ${sha} in place of ${revision}`);
	}
	const { license: named, license_name: own } = cardData ?? {};
	const told = named === "other" && own !== undefined ? own : Array.isArray(named) ? named.join(", ") : named;
	return { commit: sha, licence: describeLicence(repo, told) };
}

/**
 * List the files of a commit that a checkpoint may need, page by page.
 *
 * @throws DinosegError HUB_PATH_UNSAFE, HUB_RESPONSE_INVALID and the rest of HUB_*.
 */
export async function listRepoFiles(context: HubContext, repo: string, commit: string): Promise<RepoFile[]> {
	const subject = { repo, revision: commit };
	const files: RepoFile[] = [];
	const asked = new Set<string>();
	let count = 0;
	let url: string | undefined = apiUrl(context, repo, `tree/${commit}`);
	while (url !== undefined) {
		asked.add(url);
		const answer: HubAnswer = await requestJson(context, url, { subject, maxBytes: MAX_API_BYTES });
		const entries = checkShape(context, TREE, answer.value, answer);
		count += entries.length;
		if (count > MAX_FILES) {
			throw invalidAnswer(
				context,
				answer.url,
				`lists more than ${MAX_FILES} files, which no checkpoint has`,
				"Check the name.",
			);
		}
		for (const [index, entry] of entries.entries()) {
			const file = readRepoFile(context, entry, answer, index, repo);
			if (file !== undefined) {
				files.push(file);
			}
		}
		url = nextPage(context, answer, asked);
	}
	return files;
}

/** The address of a file's content. */
export function fileUrl(context: HubContext, repo: string, commit: string, file: string): string {
	return `${context.settings.endpoint}/${repo}/resolve/${commit}/${encodeURIComponent(file)}`;
}

function apiUrl(context: HubContext, repo: string, path: string): string {
	return `${context.settings.endpoint}/api/models/${repo}/${path}`;
}

/**
 * Where a list goes on, as its answer says.
 *
 * Source: RFC 8288, section 3: `Link: <target>; rel="next"`, the target relative to the answer's address.
 *
 * @throws DinosegError HUB_RESPONSE_INVALID for a page of another host, one that was asked for already, and too many.
 */
function nextPage(context: HubContext, answer: HubAnswer, asked: ReadonlySet<string>): string | undefined {
	const links = [...(answer.headers.get("Link") ?? "").matchAll(/<([^<>]*)>([^<]*)/g)];
	const target = links.find(([, , parameters]) => /;\s*rel="?next"?\s*([;,]|$)/i.test(parameters))?.[1];
	if (target === undefined) {
		return undefined;
	}
	const url = URL.canParse(target, answer.url) ? new URL(target, answer.url) : undefined;
	if (url?.origin !== new URL(answer.url).origin) {
		throw invalidAnswer(
			context,
			answer.url,
			`its list goes on at ${excerpt(target)}, which is another host`,
			`Check ${context.words.endpoint}: a mirror must hold all pages itself.`,
		);
	}
	if (asked.has(url.href)) {
		throw invalidAnswer(context, answer.url, `its list goes on at ${excerpt(target)}, which was read already`);
	}
	if (asked.size === MAX_PAGES) {
		throw invalidAnswer(context, answer.url, `its list has more than ${MAX_PAGES} pages, which no checkpoint needs`);
	}
	return url.href;
}

/** An error about a revision tells which ones are near, if the hub lists them. */
async function withNearRevisions(context: HubContext, subject: HubSubject, error: unknown): Promise<unknown> {
	if (!(error instanceof DinosegError && error.code === "HUB_REVISION_NOT_FOUND")) {
		return error;
	}
	try {
		const url = apiUrl(context, subject.repo, "refs");
		const { value } = await requestJson({ ...context, maxRetries: 0 }, url, { subject, maxBytes: MAX_API_BYTES });
		const { branches, tags } = REFS.parse(value);
		const names = [...branches, ...tags].flatMap((ref) => REF.safeParse(ref).data?.name ?? []);
		return revisionNotFound(subject, nearNames(subject.revision, names));
	} catch {
		return error;
	}
}
