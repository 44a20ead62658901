import { open, stat } from "node:fs/promises";
import { DinosegError, isDinosegError, pageMissing } from "@dinoseg/core/errors";
import { canHavePages, countPages, hashBytes, readInput } from "@dinoseg/node";
import { type PageSelection, selectPages } from "../flags/page-flag.ts";
import type { ExpandedInputs, InputJob } from "./expand-inputs.ts";
import type { InputFailure } from "./expansion.ts";
import { STDIN } from "./source-of.ts";

/** Bytes by which a format is known. */
const HEAD_BYTES = 4096;
/** Digits of a page's number in a folder's name, at least: names sort as pages do. */
const LEAST_DIGITS = 3;

/**
 * Make an image of its own of each chosen page: page 3 of `stack.tif` goes to `out/stack-page-003`. A file of one picture
 * stays as it is, so does one that cannot be read: its own job tells why.
 *
 * @param readStdin the bytes of the input `-`.
 * @throws DinosegError INPUT_CONFLICT if a page and another image would share an output folder; as `readStdin`
 */
export async function expandPages(
	{ jobs, failures, skipped }: ExpandedInputs,
	selection: PageSelection,
	readStdin: () => Promise<Uint8Array>,
): Promise<ExpandedInputs> {
	const all: InputJob[] = [];
	const missing: InputFailure[] = [];
	for (const job of jobs) {
		try {
			all.push(...(await pagesOf(job, selection, readStdin)));
		} catch (error) {
			if (!isDinosegError(error)) {
				throw error;
			}
			missing.push({ input: job.input, error });
		}
	}
	checkFolders(all);
	return { jobs: all, failures: [...failures, ...missing], skipped };
}

async function pagesOf(
	job: InputJob,
	selection: PageSelection,
	readStdin: () => Promise<Uint8Array>,
): Promise<InputJob[]> {
	const { input } = job;
	const bytes = input === STDIN ? await readStdin() : await readPaged(input);
	const own = input === STDIN && bytes ? { ...job, bytes } : job;
	const count = bytes && (await countPages(bytes));
	if (bytes === undefined || count === undefined) {
		return [own];
	}
	const pages = selectPages(selection, count);
	const last = pages.at(-1) ?? 1;
	if (last > count) {
		throw pageMissing(input, last, count);
	}
	if (count === 1) {
		return [own];
	}
	const { sha256 } = hashBytes(bytes);
	const digits = Math.max(LEAST_DIGITS, String(count).length);
	return pages.map((page) => ({
		...own,
		outputFolder: `${job.outputFolder}-page-${String(page).padStart(digits, "0")}`,
		page,
		sha256,
	}));
}

/**
 * The bytes of a file, the first ones of a format that has one picture: of a folder of photographs none is read whole.
 * Undefined if it cannot be read.
 */
async function readPaged(path: string): Promise<Uint8Array | undefined> {
	try {
		// A pipe would be waited for.
		if (!(await stat(path)).isFile()) {
			return undefined;
		}
		const head = await readHead(path);
		return canHavePages(head) ? (await readInput(path)).bytes : head;
	} catch {
		return undefined;
	}
}

async function readHead(path: string): Promise<Uint8Array> {
	await using file = await open(path);
	const head = new Uint8Array(HEAD_BYTES);
	const { bytesRead } = await file.read(head, 0, HEAD_BYTES);
	return head.subarray(0, bytesRead);
}

function checkFolders(jobs: readonly InputJob[]): void {
	const taken = new Map<string, string>();
	for (const { input, outputFolder } of jobs) {
		const other = taken.get(outputFolder);
		if (other !== undefined) {
			throw new DinosegError(
				"INPUT_CONFLICT",
				`${other} and ${input} would both write to the folder "${outputFolder}". Run them separately with different --output folders.`,
				{ details: { inputs: [other, input] } },
			);
		}
		taken.set(outputFolder, input);
	}
}
