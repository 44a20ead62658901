import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { DinosegError } from "../errors/index.ts";
import { parseSafetensorsHeader, type SafetensorsEntry, safetensorsHeaderLength } from "./safetensors.ts";

const FILE = "model.safetensors";

interface Header {
	readonly prefix: Uint8Array;
	readonly fileSize: number;
}

/** A file whose header is `text` and whose data has `dataBytes`; its data is not made. */
function file(text: string | Uint8Array, dataBytes: number): Header {
	const json = typeof text === "string" ? new TextEncoder().encode(text) : text;
	const prefix = new Uint8Array(8 + json.length);
	new DataView(prefix.buffer).setBigUint64(0, BigInt(json.length), true);
	prefix.set(json, 8);
	return { prefix, fileSize: prefix.length + dataBytes };
}

function parse({ prefix, fileSize }: Header): ReadonlyMap<string, SafetensorsEntry> {
	return parseSafetensorsHeader(prefix, fileSize, FILE);
}

const tensor = (dtype: unknown, shape: unknown, ...data_offsets: unknown[]) => ({ dtype, shape, data_offsets });

describe("safetensorsHeaderLength", () => {
	it("counts the 8 bytes of the length", () => {
		const { prefix, fileSize } = file("{}", 0);
		expect(safetensorsHeaderLength(prefix.subarray(0, 8), fileSize, FILE)).toBe(10);
	});

	it("reads the length at any alignment", () => {
		const shifted = new Uint8Array(11);
		shifted[3] = 2;
		expect(safetensorsHeaderLength(shifted.subarray(3), 10, FILE)).toBe(10);
	});

	it("takes a header of exactly 4 MiB, and none of one byte more", () => {
		const limit = 4 * 2 ** 20;
		const header = JSON.stringify({ a: tensor("U8", [1], 0, 1) });
		const largest = file(header.padEnd(limit), 1);
		expect(safetensorsHeaderLength(largest.prefix, largest.fileSize, FILE)).toBe(8 + limit);
		expect(parse(largest).get("a")?.offset).toBe(8 + limit);
		const larger = file(header.padEnd(limit + 1), 1);
		const error = errorOf(() => parse(larger));
		expect(error.code).toBe("SAFETENSORS_INVALID");
		expect(error.message).toContain(`the header claims ${limit + 1} bytes, at most ${limit} are allowed`);
	});

	it.each([
		["a file shorter than its length field", new Uint8Array(7), 7, "has 7"],
		["an empty file", new Uint8Array(0), 0, "has 0"],
		["a header beyond the file", Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0), 10, "claims 3 bytes"],
		["a header above the limit", Uint8Array.of(1, 0xe1, 0xf5, 5, 0, 0, 0, 0), 2 ** 40, "claims 100000001 bytes"],
		["a length above 2^53", new Uint8Array(8).fill(255), 2 ** 40, "claims 18446744073709551615 bytes"],
	])("rejects %s", (_, first, fileSize, message) => {
		const error = errorOf(() => safetensorsHeaderLength(first, fileSize, FILE));
		expect(error.code).toBe("SAFETENSORS_INVALID");
		expect(error.message).toContain(FILE);
		expect(error.message).toContain(message);
	});
});

describe("parseSafetensorsHeader", () => {
	it("gives every tensor its place in the file", () => {
		const header = {
			__metadata__: { format: "pt" },
			late: tensor("F16", [2, 3], 4, 16),
			scalar: tensor("F32", [], 0, 4),
			empty: tensor("U8", [0, 7], 16, 16),
		};
		const text = `${JSON.stringify(header)}  `;
		const start = 8 + text.length;
		expect([...parse(file(text, 16)).values()]).toEqual([
			{ name: "late", dtype: "F16", shape: [2, 3], offset: start + 4, length: 12 },
			{ name: "scalar", dtype: "F32", shape: [], offset: start, length: 4 },
			{ name: "empty", dtype: "U8", shape: [0, 7], offset: start + 16, length: 0 },
		]);
	});

	it("reads offsets above 2^32", () => {
		const size = 5 * 2 ** 30;
		const text = JSON.stringify({ big: tensor("I8", [size], 0, size), next: tensor("F32", [1], size, size + 4) });
		expect(parse(file(text, size + 4)).get("next")?.offset).toBe(8 + text.length + size);
	});

	it("takes names of Object.prototype for names of tensors", () => {
		const text =
			'{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}';
		expect([...parse(file(text, 2)).keys()]).toEqual(["__proto__", "constructor"]);
		const inherited = '{"x":{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}}';
		expect(errorOf(() => parse(file(inherited, 1))).message).toContain('tensor "x" has the dtype undefined');
		const dtype = '{"x":{"dtype":"toString","shape":[1],"data_offsets":[0,1]}}';
		expect(errorOf(() => parse(file(dtype, 1))).message).toContain('has the dtype "toString"');
	});

	it("asks for the whole header", () => {
		const { prefix, fileSize } = file(JSON.stringify({ a: tensor("U8", [1], 0, 1) }), 1);
		const error = errorOf(() => parse({ prefix: prefix.subarray(0, -1), fileSize }));
		expect(error.message).toContain("Read the whole header");
	});

	const broken: [string, string | Uint8Array, number, string][] = [
		["an empty header", "", 0, 'must start with "{"'],
		["leading white space", " {}", 0, 'must start with "{"'],
		["a byte order mark", "\ufeff{}", 0, 'must start with "{"'],
		["bytes that are not UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), 0, "not UTF-8"],
		["text that is not JSON", '{"a":', 0, "not JSON"],
		["a tensor twice", '{"a":{},"b":{},"\\u0061":{}}', 0, '"a" twice'],
		["a field twice", '{"a":{"dtype":"U8","dtype":"F32","shape":[4],"data_offsets":[0,4]}}', 4, '"dtype" twice'],
		["metadata that is no object of strings", '{"__metadata__":{"a":1}}', 0, '{"a":1}'],
		["a tensor that is no object", '{"a":[1]}', 0, 'tensor "a" must be an object, got [1]'],
		["data that no tensor has", "{}", 1, "last tensor ends at byte 10"],
	];
	const entries: [string, Record<string, unknown>, number, string][] = [
		["an unknown dtype", { a: tensor("F12", [1], 0, 1) }, 1, 'has the dtype "F12"'],
		["a negative size", { a: tensor("U8", [-1], 0, 1) }, 1, "[-1]"],
		["a broken size", { a: tensor("U8", [1.5], 0, 1) }, 1, "[1.5]"],
		["a size above 2^53", { a: tensor("U8", [2 ** 53], 0, 1) }, 1, "[9007199254740992]"],
		["sizes whose product overflows", { a: tensor("U8", [2 ** 30, 2 ** 30], 0, 1) }, 1, "larger than any file"],
		["a part of a byte", { a: tensor("F4", [3], 0, 1) }, 1, "not a whole number of bytes"],
		["a shape that is no list", { a: tensor("U8", "1", 0, 1) }, 1, 'shape "1"'],
		["offsets that are too few", { a: tensor("U8", [1], 0) }, 1, "data_offsets [0]"],
		["offsets in the wrong order", { a: tensor("U8", [1], 1, 0) }, 1, "data_offsets [1,0]"],
		["a negative offset", { a: tensor("U8", [1], -1, 0) }, 1, "data_offsets [-1,0]"],
		["another length", { a: tensor("F32", [1], 0, 3) }, 3, "needs 4 bytes, data_offsets give 3"],
		["a tensor beyond the file", { a: tensor("U8", [9], 0, 9) }, 8, "download may have stopped"],
		["an overlap", { a: tensor("U8", [2], 0, 2), b: tensor("U8", [2], 1, 3) }, 3, 'tensor "b" begins at byte'],
		["a hole", { a: tensor("U8", [1], 0, 1), b: tensor("U8", [1], 2, 3) }, 3, 'before tensor "b"'],
		["a hole at the start", { a: tensor("U8", [1], 1, 2) }, 2, 'before tensor "a"'],
	];
	const all = [
		...broken,
		...entries.map(([what, header, ...rest]) => [what, JSON.stringify(header), ...rest] as const),
	];
	it.each(all)("rejects %s", (_, text, dataBytes, message) => {
		const error = errorOf(() => parse(file(text, dataBytes)));
		expect(error.code).toBe("SAFETENSORS_INVALID");
		expect(error.message.startsWith(`${FILE}: `)).toBe(true);
		expect(error.message).toContain(message);
	});

	it("keeps messages short whatever the file holds", () => {
		const name = "x".repeat(100_000);
		const error = errorOf(() => parse(file(JSON.stringify({ [name]: name }), 0)));
		expect(error.message.length).toBeLessThan(500);
	});

	it("survives brackets as deep as the header is long", () => {
		const error = errorOf(() => parse(file(`{"a":${"[".repeat(1_000_000)}`, 0)));
		expect(error.code).toBe("SAFETENSORS_INVALID");
	});
});

describe("parseSafetensorsHeader on damaged headers", () => {
	const BYTES = { U8: 1, F16: 2, F32: 4, I64: 8 } as const;
	const tensors = fc.uniqueArray(
		fc.record({
			name: fc.string({ maxLength: 8 }).filter((name) => name !== "__metadata__"),
			dtype: fc.constantFrom("U8", "F16", "F32", "I64"),
			shape: fc.array(fc.nat(4), { maxLength: 3 }),
		}),
		{ maxLength: 5, selector: (entry) => entry.name },
	);

	function build(entries: readonly { name: string; dtype: keyof typeof BYTES; shape: number[] }[]) {
		let end = 0;
		const fields = entries.map(({ name, dtype, shape }) => {
			const begin = end;
			end += shape.reduce((product, size) => product * size, BYTES[dtype]);
			return `${JSON.stringify(name)}:${JSON.stringify(tensor(dtype, shape, begin, end))}`;
		});
		return { text: `{${fields.join(",")}}`, dataBytes: end };
	}

	/** A result is right when its tensors fill the file and each is as long as its shape asks for. */
	function expectRightOrClearError(header: Header): void {
		let result: ReadonlyMap<string, SafetensorsEntry>;
		try {
			result = parse(header);
		} catch (error) {
			expect(error).toBeInstanceOf(DinosegError);
			expect((error as DinosegError).code).toBe("SAFETENSORS_INVALID");
			expect((error as DinosegError).message.startsWith(`${FILE}: `)).toBe(true);
			return;
		}
		const json = header.prefix.subarray(8, safetensorsHeaderLength(header.prefix, header.fileSize, FILE));
		let end = 8 + json.length;
		for (const entry of [...result.values()].sort((a, b) => a.offset - b.offset || a.length - b.length)) {
			expect(entry.offset).toBe(end);
			end += entry.length;
		}
		expect(end).toBe(header.fileSize);
		const names = Object.keys(JSON.parse(new TextDecoder().decode(json)));
		expect([...result.keys()].sort()).toEqual(names.filter((name) => name !== "__metadata__").sort());
	}

	it("reads whatever is well-formed", () => {
		fc.assert(
			fc.property(tensors, (entries) => {
				const { text, dataBytes } = build(entries);
				expect(parse(file(text, dataBytes)).size).toBe(entries.length);
			}),
		);
	});

	it("reads it right or says what is wrong, whichever byte is changed, added or lost", () => {
		const edit = fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.uint8Array({ maxLength: 3 }) });
		fc.assert(
			fc.property(tensors, fc.array(edit, { minLength: 1, maxLength: 4 }), fc.boolean(), (entries, edits, honest) => {
				const { text, dataBytes } = build(entries);
				const clean = file(text, dataBytes);
				let bytes = [...clean.prefix];
				for (const { at, remove, insert } of edits) {
					const start = at % (bytes.length + 1);
					bytes = [...bytes.slice(0, start), ...insert, ...bytes.slice(start + remove)];
				}
				// Either the damage reaches the length and the end of the file, or only the header's text.
				const damaged = honest ? file(Uint8Array.from(bytes.slice(8)), dataBytes) : undefined;
				expectRightOrClearError(damaged ?? { prefix: Uint8Array.from(bytes), fileSize: clean.fileSize });
			}),
			{ numRuns: 3000 },
		);
	});

	it("reads it right or says what is wrong, whatever value stands in a field", () => {
		const hostile = fc.oneof(
			fc.constantFrom("-1", "-0", "1e400", "1e3", "9007199254740993", "4294967296", "null", "true", "{}", "[]", '""'),
			fc.constantFrom("[[1]]", "[1e308,10]", '"F32"', '["F32"]', '{"length":2}', "[0,0,0]", "[null,1]", "[9,1]"),
			fc.json(),
			fc.nat(40).map(String),
		);
		fc.assert(
			fc.property(tensors, fc.nat(), hostile, (entries, at, value) => {
				const { text, dataBytes } = build(entries);
				const places = [...text.matchAll(/"(?:dtype|shape|data_offsets)":("[^"]*"|\[[^\]]*\])|\d+/g)];
				const place = places[at % Math.max(places.length, 1)];
				if (place === undefined) {
					return;
				}
				const old = place[1] ?? place[0];
				const start = place.index + place[0].length - old.length;
				const damaged = text.slice(0, start) + value + text.slice(start + old.length);
				expectRightOrClearError(file(damaged, dataBytes));
			}),
			{ numRuns: 3000 },
		);
	});
});
