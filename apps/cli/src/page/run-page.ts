import { VERSION } from "@dinoseg/core";
import type { SegmentKind } from "@dinoseg/core/options";
import { escapeHtml } from "./html.ts";
import { PAGE_STYLE } from "./page-style.ts";

/** Tells a page of dinoseg from one that somebody else wrote. */
export const PAGE_MARK = '<meta name="generator" content="dinoseg">';

/** One result on the page. */
export interface PageResult {
	/** Folder of the result below that of the page, with forward slashes: its name on the page, for it tells no machine. */
	readonly folder: string;
	readonly kind: SegmentKind;
	/** Clusters or regions. */
	readonly count: number;
	/** Size of the image in pixels. */
	readonly width: number;
	readonly height: number;
	/** Whether there is a figure, to which the name leads. @default true */
	readonly figure?: boolean;
}

/** One input that failed. The message names it. */
export interface PageFailure {
	readonly message: string;
}

const RUN_STYLE = `
.results { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem; margin: 1rem 0 0; padding: 0; list-style: none; }
.results li { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; overflow: hidden; content-visibility: auto; contain-intrinsic-size: 13rem 15rem; }
.results img { display: block; width: 100%; aspect-ratio: 4 / 3; object-fit: contain; background: var(--track); }
.results div { padding: 0.625rem 0.875rem 0.75rem; font-size: 0.875rem; overflow-wrap: anywhere; }
.results a { color: inherit; }
.failures { margin: 0; padding-left: 1.25rem; overflow-wrap: anywhere; }
`;

/** The results and failures of a run as one HTML document without scripts. The pictures are those of the results. */
export function renderRunPage(results: readonly PageResult[], failures: readonly PageFailure[]): string {
	const title = `${count(results.length, "image")} segmented${failures.length > 0 ? `, ${failures.length} failed` : ""}`;
	const failed =
		failures.length === 0
			? ""
			: `<h2>Failed</h2>
<div class="card"><ul class="failures">
${failures.map(({ message }) => `<li>${escapeHtml(message)}</li>`).join("\n")}
</ul></div>
`;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
${PAGE_MARK}
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}${RUN_STYLE}</style>
</head>
<body>
<main>
<header>
<p class="soft">dinoseg segment</p>
<h1>${escapeHtml(title)}</h1>
</header>
${failed}<ul class="results">
${results.map(renderResult).join("\n")}
</ul>
<footer class="soft">Made by dinoseg ${escapeHtml(VERSION)}.</footer>
</main>
</body>
</html>
`;
}

function renderResult({ folder, kind, count: used, width, height, figure = true }: PageResult): string {
	const base = folder.split("/").map(encodeURIComponent).join("/");
	const link = (file: string, text: string) => `<a href="${escapeHtml(`${base}/${file}`)}">${text}</a>`;
	const image = `<img src="${escapeHtml(`${base}/overlay.png`)}" loading="lazy" decoding="async" alt="${escapeHtml(`Segments of ${folder}`)}">`;
	return `<li>${link("overlay.png", image)}<div>${link(figure ? "figure.png" : "overlay.png", escapeHtml(folder))}<br><span class="soft">${count(used, kind.slice(0, -1))} · ${width} × ${height}</span></div></li>`;
}

function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
