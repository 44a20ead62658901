import { DinosegError, type ErrorCode } from "@dinoseg/core/errors";
import { expect, it } from "vitest";
import { type FaultKind, faultKind } from "../src/fault.ts";

const failure = (code: ErrorCode, errno?: string) =>
	new DinosegError(
		code,
		"What happened.",
		errno === undefined ? {} : { cause: Object.assign(new Error(errno), { code: errno }) },
	);

const KINDS: readonly (readonly [error: DinosegError, kind: FaultKind])[] = [
	[failure("IMAGE_CORRUPT"), "bad"],
	[failure("INPUT_UNREADABLE"), "bad"],
	[failure("INPUT_UNREADABLE", "EIO"), "passing"],
	[failure("OUTPUT_UNWRITABLE", "ENOSPC"), "stop"],
	[failure("OUTPUT_UNWRITABLE", "ENAMETOOLONG"), "bad"],
	[failure("STORAGE_REFUSED"), "stop"],
	[failure("STORAGE_REFUSED", "ESTALE"), "passing"],
	[failure("STORAGE_UNREACHABLE"), "passing"],
	[failure("INTERNAL"), "stop"],
];

it.each(
	KINDS.map(([error, kind]) => ({
		error,
		kind,
		name: `${error.code} ${(error.cause as Error | undefined)?.message ?? ""}`,
	})),
)("takes $name for $kind", ({ error, kind }) => {
	expect(faultKind(error)).toBe(kind);
});
