/** Completes the static build of the studio: what lets a browser install it, and keep it. After that of the page. */
import { readFileSync, writeFileSync } from "node:fs";
import sharp from "sharp";
import { writeServiceWorker } from "./service-worker.ts";
import { ROOT } from "./workspaces.ts";

const folder = `${ROOT}apps/studio/dist-static/`;
const GROUND = "#191c20";
const SIDES = [192, 512];
/** Share of a side that shows whatever shape a system gives an icon. Source: https://www.w3.org/TR/appmanifest/#icon-masks */
const SAFE_SHARE = 0.6;

const drawing = readFileSync(`${ROOT}apps/studio/src/favicon.svg`);

/** The mark on a ground. @param share of the side that it takes. */
async function writeIcon(name: string, side: number, share: number): Promise<void> {
	const size = Math.round(side * share);
	const mark = await sharp(drawing, { density: (72 * size) / 24 })
		.resize(size, size)
		.png()
		.toBuffer();
	await sharp({ create: { width: side, height: side, channels: 4, background: GROUND } })
		.composite([{ input: mark }])
		.png({ compressionLevel: 9 })
		.toFile(`${folder}${name}`);
}

const icons = [];
for (const side of SIDES) {
	for (const [purpose, share] of [
		["any", 0.9],
		["maskable", SAFE_SHARE],
	] as const) {
		const src = `icon-${purpose}-${side}.png`;
		await writeIcon(src, side, share);
		icons.push({ src, sizes: `${side}x${side}`, type: "image/png", purpose });
	}
}
const manifest = {
	name: "dinoseg studio",
	short_name: "dinoseg",
	description: "Shape the segments of a photograph by hand. Photographs stay in the page.",
	id: "./",
	start_url: "./",
	scope: "./",
	display: "standalone",
	background_color: GROUND,
	theme_color: GROUND,
	categories: ["photo", "productivity", "utilities"],
	icons,
};
writeFileSync(`${folder}manifest.webmanifest`, `${JSON.stringify(manifest, null, "\t")}\n`);
await writeServiceWorker(folder);
