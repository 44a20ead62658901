import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { createSandbox, examplePath } from "./harness.ts";

/** SHA-256 of `labels.png` of each example: the report's recipe never moves by a pixel. */
const LABELS = {
	astronaut: "113d00a3922cefc388130da3a632d62e0237e7883f1bf282373d0f2d09cc5287",
	cat: "31a4580561453e62e5dbbe0aee7aac4f045c72f565dfb6c9d03f74a375059cef",
	coffee: "a4146fee4a3a915cbca100152e9e4e108a23492ed2cfbb6095e3b15e3a05d7ab",
	retina: "a4f1771e7bd108237b5ec29e8bc5c94896e0f8088f9d6ea71488fb3513966a4f",
	rocket: "fb7a05397a50ccd7f166a8e0ef0aa67e429d1894f55b708331de0947f1d5fe88",
	tissue: "d6ea3e0565c9d40e526be24b2574f35df47eb5ae1a9e37078f842cd47a980073",
};

it("gives the maps of the report's recipe, pixel for pixel", async () => {
	await using sandbox = await createSandbox({ ownCache: true });
	const names = Object.keys(LABELS);
	const photographs = names.map((name) => examplePath(`${name}.jpg`));
	const run = await sandbox.dinoseg("segment", ...photographs, "--preset", "paper", "-m", "tiny", "--quiet");
	expect(run, run.stderr).toMatchObject({ code: 0 });
	const made = await Promise.all(
		names.map(async (name) => {
			const bytes = await readFile(sandbox.path("out", name, "labels.png"));
			return [name, createHash("sha256").update(bytes).digest("hex")];
		}),
	);
	expect(Object.fromEntries(made)).toEqual(LABELS);
});
