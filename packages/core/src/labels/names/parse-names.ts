import { CsvError, parse } from "csv-parse/browser/esm/sync";
import { DinosegError } from "../../errors/index.ts";
import { type Color, colorToHex } from "../palette.ts";
import type { SegmentName, SegmentNames } from "./segment-names.ts";

/** Characters of the longest name. */
const LONGEST_NAME = 200;
const HIGHEST_ID = 65535;

/** The names of columns, in small letters. */
const COLUMNS = ["id", "name", "color"] as const;
type Column = (typeof COLUMNS)[number];

const ALLOWED_COLUMNS = COLUMNS.join(", ");

/**
 * The names and colours of a table: columns `id`, `name` and `color` in any order, the latter two optional, as are their
 * cells. Colours are `#rrggbb`. Commas, semicolons or tabs separate, quotes protect (RFC 4180), a byte order mark is
 * skipped.
 *
 * @param where what messages call the table, such as the path of its file.
 * @throws DinosegError NAMES_INVALID that names the line
 */
export function parseNames(text: string, where = "parseNames"): SegmentNames {
	const [header, ...rows] = readRows(text, where);
	if (header === undefined) {
		throw invalid(where, "the table is empty", `The first line names the columns: ${ALLOWED_COLUMNS}.`);
	}
	const columns = readHeader(header.cells, where);
	const names = new Map<number, SegmentName>();
	const idOfName = new Map<string, number>();
	const idOfColor = new Map<string, number>();
	for (const { line, cells } of rows) {
		const at = `${where}, line ${line}`;
		const cell = (column: Column) => cells[columns.indexOf(column)] ?? "";
		const id = readId(cell("id"), at);
		if (names.has(id)) {
			throw invalid(at, `two lines have the id ${id}`, "Give each id one line.");
		}
		const name = readName(cell("name"), at);
		const color = readColor(cell("color"), at);
		claim(idOfName, name, id, at, "name");
		claim(idOfColor, color && colorToHex(color), id, at, "colour");
		names.set(id, { name, color });
	}
	return names;
}

interface Row {
	readonly line: number;
	readonly cells: readonly string[];
}

function readRows(text: string, where: string): Row[] {
	try {
		// The types of the library know nothing of what `info` adds.
		const rows = parse(text, {
			bom: true,
			delimiter: separatorOf(text),
			info: true,
			skip_empty_lines: true,
			trim: true,
		}) as unknown as readonly { record: string[]; info: { lines: number } }[];
		return rows.map(({ record, info }) => ({ line: info.lines, cells: record }));
	} catch (cause) {
		if (cause instanceof CsvError) {
			throw invalid(
				where,
				cause.message,
				"Write one line for each segment, with as many cells as the first line has.",
				cause,
			);
		}
		throw cause;
	}
}

/** Spreadsheets write semicolons or tabs where the comma is taken; the first line has no other use for them. */
function separatorOf(text: string): string {
	const [header] = text.split(/[\r\n]/, 1);
	return [",", ";", "\t"].find((separator) => header.includes(separator)) ?? ",";
}

function readHeader(cells: readonly string[], where: string): Column[] {
	const columns = cells.map((cell) => {
		const column = COLUMNS.find((known) => known === cell.toLowerCase());
		if (column === undefined) {
			throw invalid(where, `the first line has the column "${cell}"`, `Columns are ${ALLOWED_COLUMNS}.`);
		}
		return column;
	});
	const twice = columns.find((column, index) => columns.indexOf(column) !== index);
	if (twice !== undefined) {
		throw invalid(where, `the first line has the column "${twice}" twice`, `Columns are ${ALLOWED_COLUMNS}.`);
	}
	if (!columns.includes("id")) {
		throw invalid(where, "the first line has no column id", `Columns are ${ALLOWED_COLUMNS}.`);
	}
	return columns;
}

function readId(cell: string, at: string): number {
	if (!/^\d{1,5}$/.test(cell) || Number(cell) > HIGHEST_ID) {
		throw invalid(at, `the id is "${cell}"`, `Ids are whole numbers from 0 to ${HIGHEST_ID}.`);
	}
	return Number(cell);
}

function readName(cell: string, at: string): string | undefined {
	if (cell.length > LONGEST_NAME) {
		throw invalid(at, `the name has ${cell.length} characters`, `At most ${LONGEST_NAME} are allowed.`);
	}
	if (/\p{Cc}/u.test(cell)) {
		throw invalid(at, "the name has a line break or another control character", "Leave it away.");
	}
	return cell === "" ? undefined : cell;
}

function readColor(cell: string, at: string): Color | undefined {
	if (cell === "") {
		return undefined;
	}
	if (!/^#[0-9a-f]{6}$/i.test(cell)) {
		throw invalid(at, `the colour is "${cell}"`, "Write it as #rrggbb.");
	}
	const value = Number.parseInt(cell.slice(1), 16);
	if (value === 0) {
		throw invalid(at, "the colour is black", "Black is the background of other tools; take another, such as #010101.");
	}
	return [value >> 16, (value >> 8) & 255, value & 255];
}

function claim(
	owners: Map<string, number>,
	value: string | undefined,
	id: number,
	at: string,
	what: "name" | "colour",
): void {
	if (value === undefined) {
		return;
	}
	const owner = owners.get(value);
	if (owner !== undefined) {
		throw invalid(at, `the ids ${owner} and ${id} share the ${what} "${value}"`, `Give each id a ${what} of its own.`);
	}
	owners.set(value, id);
}

function invalid(where: string, problem: string, advice: string, cause?: unknown): DinosegError {
	return new DinosegError("NAMES_INVALID", `${where}: ${problem}. ${advice}`, { cause });
}
