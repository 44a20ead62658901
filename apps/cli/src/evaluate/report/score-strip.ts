import { escapeHtml } from "../../page/html.ts";

/** The score of one image. */
export interface StripEntry {
	readonly id: string;
	/** 0 to 1. */
	readonly score: number;
}

const WIDTH = 1000;
const HEIGHT = 140;
const LEFT = 32;
const TOP = 10;
/** Share of its room that a bar leaves free. */
const GAP = 0.2;

/** One bar per image, the best first, as SVG; images without a score are left out. */
export function renderStrip(entries: readonly StripEntry[]): string {
	const sorted = entries.filter(({ score }) => !Number.isNaN(score)).sort((a, b) => b.score - a.score);
	const step = (WIDTH - LEFT) / Math.max(1, sorted.length);
	const y = (score: number) => (TOP + (1 - Math.max(0, score)) * (HEIGHT - TOP - 1)).toFixed(2);
	const lines = [0, 0.5, 1].map(
		(score) =>
			`<line x1="${LEFT}" x2="${WIDTH}" y1="${y(score)}" y2="${y(score)}"/><text x="0" y="${y(score)}" dominant-baseline="${score === 0 ? "auto" : "middle"}">${score.toFixed(1)}</text>`,
	);
	const bars = sorted.map(({ id, score }, place) => {
		const x = (LEFT + place * step + (step * GAP) / 2).toFixed(2);
		const height = (HEIGHT - 1 - Number(y(score))).toFixed(2);
		return `<rect x="${x}" y="${y(score)}" width="${(step * (1 - GAP)).toFixed(2)}" height="${height}"><title>${escapeHtml(id)}: ${score.toFixed(3)}</title></rect>`;
	});
	return `<svg class="strip" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Scores of ${sorted.length} images, the best first">
${[...lines, ...bars].join("\n")}
</svg>`;
}
