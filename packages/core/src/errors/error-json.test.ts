import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { DinosegError, isDinosegError, messageOf } from "./dinoseg-error.ts";
import { errorFromJson, errorToJson } from "./error-json.ts";
import { optionName } from "./option-name.ts";

describe("errorToJson", () => {
	const cause = new RangeError("too far", { cause: "a text" });
	const error = new DinosegError("IMAGE_TOO_LARGE", `Lower ${optionName("maxPixels")}.`, {
		details: { pixels: 12, sides: [3, 4] },
		cause,
	});

	it("keeps code, message, details, causes and names of options over a structured clone", () => {
		const copy = errorFromJson(structuredClone(errorToJson(error))) as DinosegError;
		expect(isDinosegError(copy)).toBe(true);
		expect(copy).toMatchObject({ code: error.code, message: "Lower maxPixels.", details: error.details });
		expect(messageOf(copy, (key) => `--${key}`)).toBe("Lower --maxPixels.");
		expect(copy.stack).toBe(error.stack);
		expect(copy.cause).toMatchObject({ name: "RangeError", message: "too far", cause: { message: "a text" } });
	});

	it("takes what is no error, and errors that lead to themselves", () => {
		expect(errorFromJson(errorToJson(7))).toMatchObject({ message: "7" });
		const circle = new Error("round");
		circle.cause = circle;
		expect(errorFromJson(errorToJson(circle))).toMatchObject({ message: "round", cause: { message: "round" } });
	});
});

describe("isDinosegError", () => {
	it("holds for errors of another realm, and for no others", () => {
		const foreign = runInNewContext('Object.assign(new Error("far"), { name: "DinosegError", code: "ABORTED" })');
		expect(foreign instanceof Error).toBe(false);
		expect(isDinosegError(foreign)).toBe(true);
		for (const other of [new Error("ABORTED"), { name: "DinosegError" }, null, "DinosegError"]) {
			expect(isDinosegError(other)).toBe(false);
		}
	});
});
