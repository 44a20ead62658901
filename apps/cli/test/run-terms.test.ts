import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { decodeCodebook } from "@dinoseg/core/codebook";
import { parseNames } from "@dinoseg/core/labels";
import { resolveOptions } from "@dinoseg/core/options";
import { openStorage } from "@dinoseg/jobs";
import { createTemporaryFiles } from "@dinoseg/node/files";
import { expect, it } from "vitest";
import { type RunTerms, readTerms, writeTerms } from "../dist/runs/run-terms.js";
import { createSandbox, examplePath } from "./harness.ts";

const TERMS: RunTerms = {
	model: "tiny",
	modelDigest: "0123",
	dtype: "fp32",
	device: "cpu",
	options: resolveOptions({ clusters: 3, median: 0 }),
	names: parseNames("id,name,color\n0,sky,#0072b2\n2,grass,\n"),
	used: undefined,
	figure: true,
};

it("terms come out of a queue as they went in, with the codebook beside the results", async () => {
	await using sandbox = await createSandbox();
	const storage = await openStorage(sandbox.path("out"), { temporaryFiles: createTemporaryFiles() });
	const throughQueue = async (terms: RunTerms) =>
		readTerms(JSON.parse(JSON.stringify(await writeTerms(terms, storage))), storage);
	expect(await throughQueue(TERMS)).toEqual(TERMS);

	const image = examplePath("cat.jpg");
	const fit = await sandbox.dinoseg("fit", image, "-o", "a.codebook", "--input-size", "112", "-k", "2");
	expect(fit.code, fit.stderr).toBe(0);
	const bytes = await readFile(sandbox.path("a.codebook"));
	const digest = createHash("sha256").update("a codebook").digest("hex");
	const codebook = decodeCodebook(bytes, "a.codebook");
	const { used } = await throughQueue({ ...TERMS, used: { codebook, digest } });
	expect(used).toEqual({ codebook, digest });
	const key = `codebooks/${digest}.codebook`;
	expect(await storage.get(key)).toEqual(new Uint8Array(bytes));
	const written = await writeTerms({ ...TERMS, used: { codebook, digest } }, storage);
	await storage.remove([key]);
	await expect(readTerms(written, storage)).rejects.toMatchObject({ code: "RUN_MISMATCH" });
});
