import { meanOf } from "@dinoseg/core/metrics";
import { markdownTable } from "../../harness/markdown.ts";
import { DENSITIES, ORDERS, type Order, type PhotographNoise } from "./measure-noise.ts";

/** How people call the orders. */
export const ORDER_TITLES: Readonly<Record<Order, string>> = {
	none: "no median",
	before: "median, then resize",
	after: "resize, then median",
};

/** The mean over the photographs at each density. */
export function meanAgreement(photographs: readonly PhotographNoise[], order: Order): readonly number[] {
	return DENSITIES.map((_, density) => meanOf(photographs.map(({ agreement }) => agreement[order][density])));
}

/** Density × order, means over the photographs. */
export function noiseTable(photographs: readonly PhotographNoise[]): string {
	const means = ORDERS.map((order) => meanAgreement(photographs, order));
	return markdownTable(
		["Noise", ...ORDERS.map((order) => ORDER_TITLES[order])],
		"rrrr",
		DENSITIES.map((density, at) => [percent(density), ...means.map((values) => values[at].toFixed(3))]),
	);
}

/** Photograph and density × order. @param densities of those that were measured. */
export function photographTable(photographs: readonly PhotographNoise[], densities: readonly number[]): string {
	const places = DENSITIES.flatMap((density, at) => (densities.includes(density) ? [at] : []));
	return markdownTable(
		["Photograph", "Noise", ...ORDERS.map((order) => ORDER_TITLES[order])],
		"lrrrr",
		photographs.flatMap(({ photograph, agreement }) =>
			places.map((at) => [
				photograph,
				percent(DENSITIES[at]),
				...ORDERS.map((order) => agreement[order][at].toFixed(3)),
			]),
		),
	);
}

export function percent(share: number): string {
	return `${Number((share * 100).toPrecision(6))} %`;
}
