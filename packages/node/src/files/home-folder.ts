import { homedir } from "node:os";

/** The user's home folder. */
export function homeFolder(): string {
	try {
		return homedir();
	} catch {
		// The user is a number alone, as in a container, and HOME is unset. Docker says "/" then.
		return "/";
	}
}
