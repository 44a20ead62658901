import { ORDERS, type Order } from "./measure-noise.ts";
import { percent } from "./noise-tables.ts";

/** One line of the plot: agreement at each density, with the lowest and the highest photograph. */
export interface NoiseLine {
	readonly order: Order;
	readonly title: string;
	readonly mean: readonly number[];
	readonly lowest: readonly number[];
	readonly highest: readonly number[];
}

const WIDTH = 760;
const HEIGHT = 424;
const PLOT = { left: 58, right: 560, top: 92, bottom: 360 } as const;
/** Baselines of two labels come no closer, pixels. */
const LABEL_STEP = 38;

interface Colors {
	readonly paper: string;
	readonly ink: string;
	readonly quiet: string;
	readonly rule: string;
	readonly lines: Readonly<Record<Order, string>>;
}

/** Okabe and Ito's blue and an orange, which colour-blind people tell apart; grey for what is not done. */
const LIGHT: Colors = {
	paper: "#ffffff",
	ink: "#1f2328",
	quiet: "#59636e",
	rule: "#d8dee4",
	lines: { none: "#59636e", before: "#0072b2", after: "#c25700" },
};
const DARK: Colors = {
	paper: "#0d1117",
	ink: "#f0f6fc",
	quiet: "#9198a1",
	rule: "#30363d",
	lines: { none: "#9198a1", before: "#56b4e9", after: "#f0a04b" },
};

/** Plain rules: not every viewer of SVG knows variables. */
function colorRules({ paper, ink, quiet, rule, lines }: Colors): string {
	const perLine = ORDERS.map(
		(order) => `.line.${order} { stroke: ${lines[order]} } .fill.${order} { fill: ${lines[order]} }`,
	);
	return `.paper { fill: ${paper} } text { fill: ${ink} } .quiet { fill: ${quiet} } .rule { stroke: ${rule} } ${perLine.join(" ")}`;
}

const STYLE = `text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif }
.title { font-size: 17px; font-weight: 600 } .value { font-weight: 600 }
.line { fill: none; stroke-width: 2.5; stroke-linejoin: round } .band { opacity: 0.14 }
${colorRules(LIGHT)}
@media (prefers-color-scheme: dark) { ${colorRules(DARK)} }`;

/**
 * The plot of agreement over noise as an SVG.
 *
 * @param densities shares of the pixels, rising, above 0; every line begins at 1 without noise.
 */
export function noisePlot(densities: readonly number[], lines: readonly NoiseLine[], subtitle: string): string {
	const most = densities[densities.length - 1];
	const ticks = ticksDownTo(Math.min(...lines.flatMap(({ lowest }) => lowest)));
	const shares = [0, ...densities];
	const x = (share: number) => round(PLOT.left + (share / most) * (PLOT.right - PLOT.left));
	const y = (agreement: number) =>
		round(PLOT.bottom - ((agreement - ticks[0]) / (1 - ticks[0])) * (PLOT.bottom - PLOT.top));
	const points = (values: readonly number[]) => [1, ...values].map((value, at) => `${x(shares[at])},${y(value)}`);
	const labels = spreadLabels(lines.map(({ mean }) => y(mean[mean.length - 1])));
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title">`,
		`<style>${STYLE}\n</style>`,
		`<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
		`<text id="title" class="title" x="20" y="34">A median blur before the resize keeps the segmentation steady</text>`,
		`<text class="quiet" x="20" y="58">${subtitle}</text>`,
		...ticks.map(
			(tick) =>
				`<line class="rule" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick)}" y2="${y(tick)}"/>` +
				`<text class="quiet" x="${PLOT.left - 10}" y="${y(tick) + 4}" text-anchor="end">${tick.toFixed(1)}</text>`,
		),
		...shares.map(
			(share) =>
				`<text class="quiet" x="${x(share)}" y="${PLOT.bottom + 22}" text-anchor="middle">${percent(share)}</text>`,
		),
		`<text class="quiet" x="${(PLOT.left + PLOT.right) / 2}" y="${PLOT.bottom + 48}" text-anchor="middle">pixels turned black or white</text>`,
		...lines.map(
			({ order, lowest, highest }) =>
				`<polygon class="band fill ${order}" points="${[...points(lowest), ...points(highest).reverse()].join(" ")}"/>`,
		),
		...lines.flatMap(({ order, title, mean }, at) => [
			`<polyline class="line ${order}" points="${points(mean).join(" ")}"/>`,
			...mean.map(
				(value, place) => `<circle class="fill ${order}" cx="${x(densities[place])}" cy="${y(value)}" r="4"/>`,
			),
			`<text class="value fill ${order}" x="${PLOT.right + 14}" y="${labels[at] + 1}">${mean[mean.length - 1].toFixed(2)}</text>`,
			`<text class="fill ${order}" x="${PLOT.right + 14}" y="${labels[at] + 17}">${title}</text>`,
		]),
		"</svg>",
		"",
	].join("\n");
}

/** Tenths from the last one below a value to 1. */
function ticksDownTo(value: number): readonly number[] {
	const first = Math.floor(Math.min(value, 0.9) * 10);
	return Array.from({ length: 11 - first }, (_, at) => (first + at) / 10);
}

/** Move labels down until none touches the one above. */
function spreadLabels(places: readonly number[]): readonly number[] {
	const moved = [...places];
	const order = places.map((_, at) => at).sort((a, b) => places[a] - places[b]);
	for (let next = 1; next < order.length; next++) {
		moved[order[next]] = Math.max(moved[order[next]], moved[order[next - 1]] + LABEL_STEP);
	}
	return moved;
}

function round(pixels: number): number {
	return Number(pixels.toFixed(1));
}
