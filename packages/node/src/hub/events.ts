/** What a pull tells while it runs. Progress bars and servers are only consumers of these. */
export type HubEvent =
	/** The revision is known and its files are listed. */
	| {
			readonly type: "resolved";
			readonly repo: string;
			/** The commit. */
			readonly revision: string;
	  }
	/** `bytes` of `total` are on disk, summed over the files of the checkpoint that are known so far. */
	| { readonly type: "progress"; readonly file: string; readonly bytes: number; readonly total: number }
	/** A file starts; `resumedFrom` of its `total` bytes were on disk already. */
	| { readonly type: "file-start"; readonly file: string; readonly resumedFrom: number; readonly total: number }
	/** A file is verified and has its final name. `cached`: it was there before. */
	| { readonly type: "file-end"; readonly file: string; readonly total: number; readonly cached: boolean }
	/** Another process downloads the same file; this one waits for it. */
	| { readonly type: "waiting"; readonly file: string }
	/** Something failed that may pass; asked again after `delayMs`. `attempt` counts from 1. */
	| { readonly type: "retry"; readonly attempt: number; readonly delayMs: number; readonly reason: string };

export type HubListener = (event: HubEvent) => void;
