/** The style of the report. No file, font or script from elsewhere; light or dark as the reader's system is. */
export const PAGE_STYLE = `
:root {
	color-scheme: light dark;
	--ground: #fafaf9; --card: #ffffff; --ink: #1c1917; --soft: #6b6560; --line: #e7e5e4; --bar: #0072b2; --track: #ecebe9;
}
@media (prefers-color-scheme: dark) {
	:root { --ground: #171615; --card: #211f1e; --ink: #f5f4f2; --soft: #a8a29e; --line: #37332f; --bar: #56b4e9; --track: #322f2c; }
}
* { box-sizing: border-box; }
body {
	margin: 0; background: var(--ground); color: var(--ink);
	font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
	font-variant-numeric: tabular-nums;
}
main { max-width: 76rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
h1 { margin: 0; font-size: 2.25rem; line-height: 1.2; letter-spacing: -0.02em; }
h2 { margin: 3rem 0 0.25rem; font-size: 1.25rem; letter-spacing: -0.01em; }
h3 { margin: 0; font-size: 1rem; font-weight: 600; overflow-wrap: anywhere; }
p { margin: 0.25rem 0 0; max-width: 46rem; }
.soft { color: var(--soft); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.25rem; margin-top: 1rem; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 400; }
thead th { color: var(--soft); font-size: 0.875rem; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid var(--line); }
tr:last-child > * { border-bottom: 0; }
.number { text-align: right; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
.bar { width: 30%; min-width: 6rem; }
.track { display: block; height: 0.5rem; border-radius: 0.25rem; background: var(--track); overflow: hidden; }
.track > span { display: block; height: 100%; background: var(--bar); border-radius: 0.25rem; }
.strip { display: block; width: 100%; height: auto; }
.strip rect { fill: var(--bar); }
.strip line { stroke: var(--line); }
.strip text { fill: var(--soft); font-size: 11px; }
.title { display: flex; justify-content: space-between; align-items: baseline; gap: 1rem; }
.score { font-size: 1.25rem; font-weight: 600; white-space: nowrap; }
.score small { font-size: 0.875rem; font-weight: 400; color: var(--soft); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; margin-top: 0.75rem; }
figure { margin: 0; }
figure img { display: block; width: auto; height: auto; max-width: 100%; max-height: 26rem; border-radius: 0.375rem; }
figcaption { margin-top: 0.375rem; font-size: 0.875rem; color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0.75rem 0 0; font-size: 0.875rem; }
dl div { display: flex; gap: 0.5rem; }
dt { color: var(--soft); }
dd { margin: 0; }
.wide { overflow-x: auto; }
.wide table { font-size: 0.875rem; }
.wide thead th { vertical-align: bottom; }
.wide thead .number { white-space: normal; }
.wide th:first-child { position: sticky; left: 0; background: var(--card); }
summary { cursor: pointer; }
footer { margin-top: 3rem; font-size: 0.875rem; }
@media (max-width: 40rem) {
	main { padding: 1.5rem 1rem 3rem; }
	h1 { font-size: 1.75rem; }
	.card { padding: 1rem; }
	td.bar, thead td { display: none; }
	thead .number { white-space: normal; }
}
@media print { .card { break-inside: avoid; } }
`.trim();
