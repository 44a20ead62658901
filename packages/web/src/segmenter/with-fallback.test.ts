import type { Engine } from "@dinoseg/core/engine";
import { DinosegError, type ErrorCode } from "@dinoseg/core/errors";
import { expect, it } from "vitest";
import { withFallback } from "./with-fallback.ts";

/** An engine that answers with its name, or fails with a code. */
function engine(
	name: string,
	fails: () => ErrorCode | undefined = () => undefined,
	log: string[] = [],
): Engine<string> {
	const answer = async (input: unknown) => {
		log.push(`${name} ${input}`);
		const code = fails();
		if (code !== undefined) {
			throw new DinosegError(code, `${name} failed`);
		}
		return name;
	};
	const methods = { segment: answer, features: answer, decode: answer, dispose: () => answer("dispose") };
	return methods as unknown as Engine<string>;
}

it("does again on the other engine what failed on the card, and stays there", async () => {
	const log: string[] = [];
	const reasons: string[] = [];
	const card = engine("card", () => (log.includes("card b") ? "MODEL_RUN_FAILED" : undefined), log);
	const both = withFallback(card, async (reason) => {
		reasons.push(reason);
		return engine("processor", undefined, log);
	});
	expect(await both.segment("a")).toBe("card");
	expect(await Promise.all([both.segment("b"), both.features("c")])).toEqual(["processor", "processor"]);
	expect(await both.segment("d")).toBe("processor");
	await both.dispose().catch(() => undefined);
	expect(reasons).toEqual(["card failed"]);
	expect(log).toEqual([
		"card a",
		"card b",
		"card c",
		"processor b",
		"processor c",
		"processor d",
		"card dispose",
		"processor dispose",
	]);
});

it("opens no other engine for what is no fault of the card", async () => {
	const both = withFallback(
		engine("card", () => "IMAGE_CORRUPT"),
		() => Promise.reject(new Error("nobody should ask for this")),
	);
	await expect(both.segment("a")).rejects.toMatchObject({ code: "IMAGE_CORRUPT" });
});

it("tells what fails on the other engine too", async () => {
	const both = withFallback(
		engine("card", () => "MODEL_RUN_FAILED"),
		async () => engine("processor", () => "MODEL_RUN_FAILED"),
	);
	await expect(both.segment("a")).rejects.toThrow("processor failed");
	await expect(both.segment("b")).rejects.toThrow("processor failed");
});
