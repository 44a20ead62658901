import { DinosegError, isDinosegError } from "@dinoseg/core/errors";

/** One faulty input must not end a run over many: what no stage foresaw is told like any failure. */
export function asDinosegError(error: unknown, input: string): DinosegError {
	if (isDinosegError(error)) {
		return error;
	}
	const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	return new DinosegError(
		"INTERNAL",
		`${input}: a fault inside dinoseg (${reason}). Please report it with the command.`,
		{
			cause: error,
		},
	);
}
