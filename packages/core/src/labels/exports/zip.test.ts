import fc from "fast-check";
import { unzipSync } from "fflate";
import { describe, expect, it, vi } from "vitest";
import { HOSTILE_NAMES } from "../../../../../fixtures/hostile-names.ts";
import type { ExportPiece } from "./data-set-writer.ts";
import { zipPieces } from "./zip.ts";

const read = async (pieces: Iterable<ExportPiece> | AsyncIterable<ExportPiece>) =>
	new Uint8Array(await new Response(zipPieces(pieces)).arrayBuffer());

const files = fc.uniqueArray(
	fc.record({
		file: fc.stringMatching(/^[a-zü漢 .-]{1,8}(\/[a-z]{1,4}){0,2}$/),
		data: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "grapheme" })),
	}),
	{ selector: ({ file }) => file, maxLength: 8 },
);

describe("zipPieces", () => {
	it("keeps the names and bytes of all files", async () => {
		await fc.assert(
			fc.asyncProperty(files, async (pieces) => {
				const entries = unzipSync(await read(pieces));
				expect(Object.keys(entries).sort()).toEqual(pieces.map(({ file }) => file).sort());
				for (const { file, data } of pieces) {
					expect(Buffer.compare(entries[file], Buffer.from(data as Uint8Array))).toBe(0);
				}
			}),
		);
	});

	it("keeps names of every script", async () => {
		const pieces = HOSTILE_NAMES.filter((name) => name !== "__proto__").map((file) => ({ file, data: file }));
		const entries = unzipSync(await read(pieces));
		expect(Object.keys(entries)).toEqual(pieces.map(({ file }) => file));
	});

	it("takes pieces as they come", async () => {
		async function* later(): AsyncGenerator<ExportPiece> {
			yield { file: "a.txt", data: "a" };
			await Promise.resolve();
			yield { file: "b.txt", data: Uint8Array.of(98) };
		}
		expect(await read(later())).toEqual(
			await read([
				{ file: "a.txt", data: "a" },
				{ file: "b.txt", data: "b" },
			]),
		);
	});

	it("gives the same bytes in every time zone", async () => {
		const here = await read([{ file: "a.txt", data: "a" }]);
		for (const zone of ["Pacific/Apia", "America/St_Johns", "Europe/Lisbon"]) {
			vi.stubEnv("TZ", zone);
			expect(await read([{ file: "a.txt", data: "a" }]), zone).toEqual(here);
		}
	});

	it("ends with an error at a second piece of a file", async () => {
		const pieces = [
			{ file: "a.txt", data: "a" },
			{ file: "a.txt", part: 1, data: "b" },
		];
		await expect(read(pieces)).rejects.toMatchObject({ code: "OPTION_INVALID", details: { file: "a.txt" } });
	});

	it("ends with an error when there are more files than it can count", { timeout: 60_000 }, async () => {
		function* many(): Generator<ExportPiece> {
			for (let index = 0; index < 65535; index++) {
				yield { file: `${index}`, data: "" };
			}
		}
		await expect(read(many())).rejects.toMatchObject({ code: "EXPORT_UNSUPPORTED" });
	});
});
