/**
 * Times of the studio's view with a picture of 12 megapixels on a canvas of 1200 x 800, drawn by software in Chromium:
 * `npx tsx bench/studio-view.ts`. First with frames that are drawn at once and finely, then with those of a page, which may
 * be drafts, and wait for the compositor.
 */
import { openViewPage } from "../apps/studio/test/view-page.ts";

const PICTURE = { width: 4000, height: 3000 };
const CANVAS = { width: 1200, height: 800 };
const ROUNDS = 30;

await using opened = await openViewPage();
for (const isOfPage of [false, true]) {
	const times = await opened.call<Record<string, number[]>>("times", PICTURE, CANVAS, ROUNDS, isOfPage);
	console.log(isOfPage ? "frames of a page" : "frames at once");
	for (const [name, all] of Object.entries(times)) {
		const sorted = all.toSorted((a, b) => a - b);
		const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
		console.log(`  ${name.padEnd(10)} n ${sorted.length}  median ${at(0.5)} ms  p95 ${at(0.95)} ms  least ${at(0)} ms`);
	}
}
