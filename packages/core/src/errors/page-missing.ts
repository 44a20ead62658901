import { DinosegError } from "./dinoseg-error.ts";
import { optionName } from "./option-name.ts";

/** The error for a page that a file does not have. */
export function pageMissing(name: string, page: number, count: number): DinosegError {
	const has = count === 1 ? "1 page" : `${count} pages`;
	const ask = count === 1 ? `Leave ${optionName("page")} away.` : `Ask for one from 1 to ${count}.`;
	return new DinosegError("PAGE_NOT_FOUND", `${name}: has ${has}, so there is no page ${page}. ${ask}`, {
		details: { page, pages: count },
	});
}
