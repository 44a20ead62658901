import { dirname } from "node:path";
import type { InputJob } from "./expand-inputs.ts";

/** Numbers in names count as numbers: `frame-9` comes before `frame-10`. */
const byName = new Intl.Collator("en", { numeric: true });

/**
 * Put images in the order of a film: those of one folder by their names, pages of one file by their numbers.
 *
 * @returns one list for each film.
 */
export function filmsOf(jobs: readonly InputJob[]): InputJob[][] {
	const films = new Map<string, InputJob[]>();
	for (const job of jobs) {
		const film = job.page === undefined ? dirname(job.input) : `page ${job.input}`;
		films.set(film, [...(films.get(film) ?? []), job]);
	}
	return [...films.values()].map((film) =>
		film.sort((a, b) => byName.compare(a.input, b.input) || (a.page ?? 0) - (b.page ?? 0)),
	);
}

/** The images of films, each with the frames before and after it. */
export function withFramesBeside(films: readonly (readonly InputJob[])[]): InputJob[] {
	return films.flatMap((film) =>
		film.map((job, index) => {
			const beside = [film[index - 1], film[index + 1]].filter((frame) => frame !== undefined);
			return { ...job, beside };
		}),
	);
}
