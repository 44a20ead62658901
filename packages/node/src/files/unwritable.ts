import { DinosegError } from "@dinoseg/core/errors";
import { errnoOf } from "./errno.ts";

const NO_PERMISSION = ["permission denied", "Choose another output folder or change its permissions."] as const;
const IN_THE_WAY = [
	"a file or folder of that name is in the way",
	"Remove it or choose another output folder.",
] as const;

const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
	EACCES: NO_PERMISSION,
	EPERM: NO_PERMISSION,
	EROFS: ["the file system is read-only", "Choose an output folder on another disk."],
	ENOSPC: ["no space left on the disk", "Free some space or choose an output folder on another disk."],
	EDQUOT: ["your disk quota is used up", "Free some space or choose an output folder on another disk."],
	EFBIG: ["the file is larger than the file system allows", "Choose an output folder on another disk."],
	ENOTDIR: IN_THE_WAY,
	EEXIST: IN_THE_WAY,
	EISDIR: IN_THE_WAY,
	ENOTEMPTY: IN_THE_WAY,
	ENAMETOOLONG: ["the name is too long", "Choose a shorter output folder or rename the input."],
	EMFILE: ["too many files are open", "Close other programs or raise the limit of open files."],
	ENFILE: ["too many files are open", "Close other programs or raise the limit of open files."],
	ENOENT: ["its folder has gone", "Do not move or delete the output folder while it is written to."],
};

/** The error for something that could not be written at `path`. */
export function unwritable(path: string, cause: unknown): DinosegError {
	const errno = errnoOf(cause);
	const [reason, remedy] = REASONS[errno ?? ""] ?? [
		cause instanceof Error ? cause.message : String(cause),
		"Choose another output folder.",
	];
	return new DinosegError("OUTPUT_UNWRITABLE", `${path}: cannot be written (${reason}). ${remedy}`, {
		details: { path, ...(errno === undefined ? {} : { errno }) },
		cause,
	});
}
