import type { DinosegError } from "../errors/index.ts";
import type { Random } from "../rng.ts";
import type { CreateHash } from "./blob-hash.ts";
import type { PassingFailure } from "./failures.ts";

/** What a pull tells while it runs. Progress bars and servers are only consumers of these. */
export type HubEvent =
	/** The revision is known and its files are listed. */
	| {
			readonly type: "resolved";
			readonly repo: string;
			/** The commit. */
			readonly revision: string;
			/** As the model's card tells, such as `apache-2.0`. */
			readonly licence: string | undefined;
	  }
	/** `bytes` of `total` are kept, summed over the files of the checkpoint that are known so far. */
	| { readonly type: "progress"; readonly file: string; readonly bytes: number; readonly total: number }
	/** A file starts; `resumedFrom` of its `total` bytes were there already. */
	| { readonly type: "file-start"; readonly file: string; readonly resumedFrom: number; readonly total: number }
	/** A file is verified and has its final name. `cached`: it was there before. */
	| { readonly type: "file-end"; readonly file: string; readonly total: number; readonly cached: boolean }
	/** Somebody else downloads the same file, or all of the repository that is named in its place; this one waits. */
	| { readonly type: "waiting"; readonly file: string }
	/** Something failed that may pass; asked again after `delayMs`. `attempt` counts from 1. */
	| { readonly type: "retry"; readonly attempt: number; readonly delayMs: number; readonly reason: string };

export type HubListener = (event: HubEvent) => void;

/** Time, passed in so that tests need not wait. */
export interface HubClock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Rejects as soon as the signal fires. */
	sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

export interface HubRequest {
	readonly headers: Readonly<Record<string, string>>;
	readonly redirect: "manual";
	readonly signal: AbortSignal;
}

/** What is read of a `Response`. */
export type FetchedResponse = Pick<Response, "ok" | "status" | "headers" | "body" | "url" | "redirected">;

/** The part of `fetch` that the hub's client calls. It may follow redirects itself; the client does where it does not. */
export type HubFetch = (url: string, init: HubRequest) => Promise<FetchedResponse>;

/** Whom to ask. */
export interface HubAddress {
	/** Without a slash at its end. */
	readonly endpoint: string;
	/** Sent to the hub, and to nobody else. */
	readonly token: string | undefined;
}

/** How long a hub is waited for, and how often it is asked again. */
export interface HubPatience {
	/** Milliseconds without a byte after which a connection counts as lost. */
	readonly stallTimeoutMs: number;
	/** Failures in a row, none of them with bytes to show, after which a request is given up. */
	readonly maxRetries: number;
}

export const DEFAULT_PATIENCE: HubPatience = { stallTimeoutMs: 30_000, maxRetries: 5 };

/** How people here call what they can set, for messages that tell what to do. */
export interface HubWords {
	/** What holds the hub's address, such as `HF_ENDPOINT`. */
	readonly endpoint: string;
	/** What holds the access token, such as `HF_TOKEN`; undefined where none is ever sent. */
	readonly token: string | undefined;
}

/** Everything that a request to the hub needs. */
export interface HubContext extends HubPatience {
	readonly settings: HubAddress;
	readonly words: HubWords;
	readonly fetch: HubFetch;
	readonly createHash: CreateHash;
	readonly clock: HubClock;
	/** Call `ring` after so many milliseconds, unless the function that it returns was called before. */
	readonly startTimer: (milliseconds: number, ring: () => void) => () => void;
	/** Spreads the delays of retries. */
	readonly random: Random;
	readonly signal: AbortSignal | undefined;
	readonly onEvent: HubListener;
	/** Origins that answered during this run: their silence later is a line that dropped, not a wrong address. */
	readonly answered: Set<string>;
	/** What an error of `fetch` means: only its platform knows. */
	readonly connectionFailure: (url: string, thrown: unknown) => PassingFailure | DinosegError;
}
