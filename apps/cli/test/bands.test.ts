import { readFile, writeFile } from "node:fs/promises";
import { parseSegments } from "@dinoseg/core/labels";
import { expect, it } from "vitest";
import { encodeTiff } from "../../../fixtures/tiff.ts";
import { createSandbox } from "./harness.ts";

/** Six bands of which only the fifth shows something: two halves. */
const scene = encodeTiff([
	{
		width: 64,
		height: 48,
		channels: 6,
		data: Uint8Array.from({ length: 64 * 48 * 6 }, (_, i) => (i % 6 === 4 && Math.floor(i / 6) % 64 < 32 ? 200 : 0)),
	},
]);

it("--bands takes those that are named, writes them down, and tells results of others apart", async () => {
	await using sandbox = await createSandbox();
	await writeFile(sandbox.path("scene.tif"), scene);
	const told = await sandbox.dinoseg("segment", "scene.tif");
	expect(told).toMatchObject({ code: 1 });
	expect(told.stderr).toMatch(/scene\.tif: has 6 channels.*Name one of them or three with --bands: 4,3,2\./);

	const bands = ["segment", "scene.tif", "-k", "2", "--bands"];
	expect(await sandbox.dinoseg(...bands, "5")).toMatchObject({ code: 0 });
	const document = parseSegments(await readFile(sandbox.path("out/scene/segments.json"), "utf8"));
	expect(document.options["bands"]).toBe("5");
	expect(document.segments.map(({ meanColor }) => meanColor).sort()).toEqual(["#000000", "#c8c8c8"]);

	expect((await sandbox.dinoseg(...bands, "5")).stderr).toContain("done already");
	const other = await sandbox.dinoseg(...bands, "1,2,3");
	expect(other).toMatchObject({ code: 1 });
	expect(other.stderr).toContain("--bands 5 there, 1,2,3 now");
});

it("--bands that a file lacks are named with how many there are", async () => {
	await using sandbox = await createSandbox();
	await writeFile(sandbox.path("scene.tif"), scene);
	const absent = await sandbox.dinoseg("features", "scene.tif", "-o", "tokens.npy", "--bands", "7");
	expect(absent.code).not.toBe(0);
	expect(absent.stderr).toContain("scene.tif: has 6 bands, and no band 7. Let --bands name bands from 1 to 6");
	expect(await sandbox.dinoseg("segment", "scene.tif", "--bands", "1,2")).toMatchObject({ code: 2 });
});
