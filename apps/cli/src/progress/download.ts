import type { HubEvent, HubListener } from "@dinoseg/core/hub";
import cliTruncate from "cli-truncate";
import { describeBytes } from "./bytes.ts";
import { printable } from "./printable.ts";
import { describeDuration, type ProgressStream } from "./progress.ts";

export interface DownloadRendererOptions {
	readonly stream: ProgressStream;
	/** Milliseconds, monotonic. */
	readonly now: () => number;
	readonly quiet: boolean;
}

const CLEAR_LINE = "\r\u001b[K";
/** Milliseconds between two looks of the status line. */
const REFRESH_MS = 100;
/** Without a terminal, a line is written whenever this share more is done. */
const PLAIN_STEP = 0.1;
const BAR_CELLS = 24;

/** A bar with bytes, rate and time left on a terminal; a line per tenth anywhere else. */
export function createDownloadRenderer(options: DownloadRendererOptions): HubListener {
	const { stream, now, quiet } = options;
	const isLive = stream.isTTY === true && !quiet;
	let startedAt = 0;
	let startedFrom = 0;
	let shownAt = Number.NEGATIVE_INFINITY;
	let shownShare = 0;
	let isLineLive = false;

	const line = (text: string) => {
		if (!quiet) {
			stream.write(`${isLineLive ? CLEAR_LINE : ""}${printable(text)}\n`);
			isLineLive = false;
		}
	};
	const rate = (bytes: number, total: number) => {
		const seconds = (now() - startedAt) / 1000;
		const fetched = bytes - startedFrom;
		if (!(seconds > 0 && fetched > 0)) {
			return "";
		}
		const perSecond = fetched / seconds;
		return `, ${describeBytes(perSecond)}/s, ${describeDuration(((total - bytes) / perSecond) * 1000)} left`;
	};
	const progress = (file: string, bytes: number, total: number) => {
		const share = total > 0 ? bytes / total : 1;
		const text = `${printable(file)}  ${describeBytes(bytes)} of ${describeBytes(total)}${rate(bytes, total)}`;
		if (isLive) {
			if (now() - shownAt >= REFRESH_MS) {
				shownAt = now();
				const full = Math.round(share * BAR_CELLS);
				const bar = `${"█".repeat(full)}${"░".repeat(BAR_CELLS - full)}`;
				stream.write(`${CLEAR_LINE}${cliTruncate(`${bar} ${text}`, Math.max(20, (stream.columns || 80) - 1))}`);
				isLineLive = true;
			}
		} else if (share >= shownShare + PLAIN_STEP) {
			shownShare = share;
			line(`${Math.floor(share * 100)} %  ${text}`);
		}
	};

	return (event: HubEvent) => {
		switch (event.type) {
			case "resolved":
				line(`Downloading ${event.repo} (revision ${event.revision.slice(0, 12)})`);
				if (event.licence !== undefined) {
					line(`Its weights are under the licence ${event.licence}`);
				}
				startedAt = now();
				return;
			case "file-start":
				startedFrom += event.resumedFrom;
				if (event.resumedFrom > 0) {
					line(`Going on with ${event.file} from ${describeBytes(event.resumedFrom)}`);
				}
				return;
			case "progress":
				progress(event.file, event.bytes, event.total);
				return;
			case "file-end":
				line(`${event.file}  ${describeBytes(event.total)} ${event.cached ? "was there already" : "verified"}`);
				return;
			case "waiting":
				line(`Waiting for another process that downloads ${event.file}`);
				return;
			case "retry":
				line(`${event.reason} Trying again in ${describeDuration(event.delayMs)} (attempt ${event.attempt}).`);
				return;
			default:
				event satisfies never;
		}
	};
}
