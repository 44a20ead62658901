import { describe, expect, it } from "vitest";
import { createModelChoice } from "./choose-model.ts";

/** A page whose downloads end when they are told to. */
function page() {
	const said: string[] = [];
	const used: string[] = [];
	const errors: unknown[] = [];
	const shown: { id: string | undefined } = { id: "a" };
	let end = (): void => undefined;
	const choice = createModelChoice({
		activeId: () => shown.id,
		pull: (_model, signal) =>
			new Promise((resolve, reject) => {
				end = resolve;
				signal.addEventListener("abort", () => reject(signal.reason));
			}),
		use: (model) => used.push(`${model} for ${shown.id}`),
		say: (message) => said.push(message),
		sayError: (error) => errors.push(error),
	});
	return { choice, said, used, errors, shown, end: () => end() };
}

describe("a model that is chosen", () => {
	it("is taken at once if it is there", async () => {
		const { choice, used, said } = page();
		await choice.choose("small", false);
		expect([used, said]).toEqual([["small for a"], []]);
	});

	it("is downloaded, and taken by the picture that it was chosen for", async () => {
		const { choice, used, said, end } = page();
		const choosing = choice.choose("large", true);
		expect(used).toEqual([]);
		end();
		await choosing;
		expect([used, said]).toEqual([["large for a"], ["large is here."]]);
	});

	it.each(["b", undefined])("is not taken by another picture: %s", async (id) => {
		const { choice, used, said, shown, end } = page();
		const choosing = choice.choose("large", true);
		shown.id = id;
		end();
		await choosing;
		expect(used).toEqual([]);
		expect(said).toEqual([expect.stringMatching(/^large is here\. Another picture is shown now/)]);
	});

	it("is not taken if its download is cancelled, and can be chosen again", async () => {
		const { choice, used, errors, end } = page();
		choice.cancel();
		const cancelled = choice.choose("large", true);
		choice.cancel();
		await cancelled;
		expect([used, errors]).toEqual([[], [expect.objectContaining({ name: "AbortError" })]]);
		const again = choice.choose("large", true);
		end();
		await again;
		expect(used).toEqual(["large for a"]);
	});
});
