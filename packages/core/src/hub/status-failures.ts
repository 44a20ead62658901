import { DinosegError } from "../errors/index.ts";
import type { FetchedResponse, HubContext } from "./context.ts";
import { PassingFailure } from "./failures.ts";
import { invalidAnswer, pageInstead } from "./hub-answer.ts";
import { openMirror } from "./known-models.ts";
import { didYouMean, nearRepos } from "./names.ts";

/** What a request asks for, to name it in messages. */
export interface HubSubject {
	readonly repo: string;
	readonly revision: string;
	readonly file?: string;
}

/**
 * What a status that is not 2xx means.
 *
 * Source of the headers: huggingface_hub 2.0.0, utils/_http.py, `hf_raise_for_status`.
 *
 * @param url where the answer came from. Large files come from another host than the hub, which knows no tokens.
 * @returns PassingFailure for 408, 429 and 5xx.
 */
export function statusFailure(
	context: HubContext,
	response: FetchedResponse,
	url: string,
	subject: HubSubject,
): PassingFailure | DinosegError {
	const { status } = response;
	const { token } = context.words;
	const code = response.headers.get("X-Error-Code");
	const details = { ...subject, status };
	if (status === 429) {
		return new PassingFailure(
			new DinosegError(
				"HUB_RATE_LIMITED",
				`${context.settings.endpoint}: too many requests from here (429). Wait some minutes${
					token === undefined ? "" : `; with a token in ${token} the limits are higher`
				}.`,
				{ details },
			),
			retryAfterMs(response, context) ?? rateLimitMs(response),
		);
	}
	// RFC 6585, 6: sent by what stands between, never by the server that was asked.
	if (status === 511) {
		return pageInstead(context, url, "status 511 (the network wants a login first)", "the hub's answer");
	}
	if (status === 408 || status >= 500) {
		return new PassingFailure(
			new DinosegError(
				"HUB_UNAVAILABLE",
				`${new URL(url).origin}: the server answered ${status}. That is for the hub to mend: try again later; ` +
					"what was downloaded stays.",
				{ details },
			),
			retryAfterMs(response, context),
		);
	}
	if (code === "GatedRepo") {
		return gated(context, subject, details);
	}
	if (code === "RevisionNotFound") {
		return revisionNotFound(subject);
	}
	if (code === "RepoNotFound" || (status === 404 && code === null && subject.file === undefined)) {
		return repoNotFound(context, subject, details);
	}
	if (status === 404) {
		return new DinosegError(
			"HUB_FILE_NOT_FOUND",
			`${subject.repo}: has no file ${subject.file ?? ""} at revision ${subject.revision}, though it is listed. ` +
				"Try again; if it stays so, take another revision with @.",
			{ details },
		);
	}
	if (status === 401 || status === 403) {
		return accessDenied(context, response, url, subject, details);
	}
	return invalidAnswer(context, url, `answered with status ${status}, which the hub never does`);
}

/** @param near branches and tags with a name like it. */
export function revisionNotFound(subject: HubSubject, near: readonly string[] = []): DinosegError {
	return new DinosegError(
		"HUB_REVISION_NOT_FOUND",
		`${subject.repo}: has no revision "${subject.revision}".${didYouMean(near)} Name a branch, a tag or a commit after ` +
			"@, or leave it away.",
		{ details: { ...subject, near } },
	);
}

function gated(context: HubContext, subject: HubSubject, details: object): DinosegError {
	const { settings, words } = context;
	const mirror = openMirror(subject.repo);
	const open = mirror === undefined ? "" : `The same network is open as ${mirror.repo}: use ${mirror.name}. Or `;
	const ask = `${open === "" ? "O" : `${open}o`}pen ${settings.endpoint}/${subject.repo} in a browser, log in and ask for access; then`;
	const remedy =
		words.token === undefined
			? `${open === "" ? "N" : `${open}n`}o access token is ever sent from here: choose another model, or load it with ` +
				"`dinoseg model pull` and use `dinoseg serve`."
			: settings.token === undefined
				? `${ask} put an access token into ${words.token} (or run \`hf auth login\`).`
				: `${ask} use a token of the account that was granted access.`;
	return new DinosegError("HUB_GATED", `${subject.repo}: is gated. ${remedy}`, {
		details: { ...subject, ...details, ...(mirror === undefined ? {} : { mirror: mirror.repo }) },
	});
}

function repoNotFound(context: HubContext, subject: HubSubject, details: object): DinosegError {
	const near = nearRepos(subject.repo).filter((repo) => repo !== subject.repo);
	const { token } = context.words;
	return new DinosegError(
		"HUB_REPO_NOT_FOUND",
		`${context.settings.endpoint} has no model "${subject.repo}".${didYouMean(near)} Check owner and name; ${
			token === undefined
				? "a private one is not shown without an access token, and none is ever sent from here"
				: `if it is private, set ${token} to a token that may read it`
		}.`,
		{ details: { ...subject, ...details, near } },
	);
}

function accessDenied(
	context: HubContext,
	response: FetchedResponse,
	url: string,
	subject: HubSubject,
	details: { readonly status: number },
): DinosegError {
	const { host, origin } = new URL(url);
	if (origin !== new URL(context.settings.endpoint).origin) {
		return new DinosegError(
			"HUB_ACCESS_DENIED",
			`${subject.repo}: ${host}, to which the hub sends for ${subject.file ?? "it"}, refused with ${details.status}. The ` +
				"hub itself let you in, so a token changes nothing. Try again later; check the clock of this computer, and " +
				`whether a proxy or firewall blocks ${host}.`,
			{ details: { ...subject, ...details, host } },
		);
	}
	// The hub's API answers in JSON.
	if (/^\s*text\/html/i.test(response.headers.get("Content-Type") ?? "")) {
		return new DinosegError(
			"HUB_ACCESS_DENIED",
			`${host}: answered with ${details.status} and a web page, which the hub does not: most likely a proxy or firewall ` +
				`in between blocks it. Open ${origin} in a browser to read why; ask who runs the network, or let ` +
				`${context.words.endpoint} name a mirror.`,
			{ details: { ...subject, ...details, host } },
		);
	}
	const what =
		context.settings.token === undefined
			? `wants an access token. ${
					context.words.token === undefined
						? "None is ever sent from here: check the name, for"
						: `Put one into ${context.words.token}, or check the name:`
				} the hub also answers so for what is not there`
			: "refused the access token. Make a new one at the hub's settings, with the right to read this model";
	return new DinosegError("HUB_ACCESS_DENIED", `${subject.repo}: the hub ${what}.`, {
		details: { ...subject, ...details },
	});
}

/**
 * The longest wait of the limits that are used up; of all, if none says so.
 *
 * Source: draft-ietf-httpapi-ratelimit-headers-09, 4: `RateLimit: "name";r=0;t=20`, remaining requests and seconds.
 */
function rateLimitMs(response: FetchedResponse): number | undefined {
	const limits = (response.headers.get("RateLimit") ?? "")
		.replace(/"[^"]*"/g, "")
		.split(",")
		.map((limit) => ({ isUsedUp: /;\s*r=0\s*(;|$)/.test(limit), seconds: /;\s*t=(\d+)\s*(;|$)/.exec(limit)?.[1] }))
		.filter(({ seconds }) => seconds !== undefined);
	const usedUp = limits.filter(({ isUsedUp }) => isUsedUp);
	const waits = (usedUp.length > 0 ? usedUp : limits).map(({ seconds }) => Number(seconds) * 1000);
	return waits.length === 0 ? undefined : Math.max(...waits);
}

/** Source: RFC 9110, 10.2.3: seconds or a date. */
function retryAfterMs(response: FetchedResponse, context: HubContext): number | undefined {
	const text = response.headers.get("Retry-After");
	if (text === null) {
		return undefined;
	}
	// biome-ignore lint/style/noRestrictedGlobals: it reads a date, and asks for no time.
	const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - context.clock.now();
	return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}
