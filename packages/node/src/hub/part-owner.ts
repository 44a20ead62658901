import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";

/** The process that writes a part; what it takes to tell whether it still lives. */
export interface PartOwner {
	/** Hash of what must be equal for process numbers to mean the same: host, boot, process namespace. */
	readonly machine: string;
	readonly pid: number;
	/** When the process started, so that a number used again is not taken for it; 0 where the system does not tell. */
	readonly start: string;
}

/** This process. */
export async function currentOwner(): Promise<PartOwner> {
	const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
	const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
	const machine = createHash("sha256").update([hostname(), boot, namespace].join("\n")).digest("hex").slice(0, 12);
	return { machine, pid: process.pid, start: await startOf(process.pid) };
}

/** Whether the owner of a part lives; undefined where that cannot be known from here. */
export async function isAlive(owner: PartOwner, self: PartOwner): Promise<boolean | undefined> {
	if (owner.machine !== self.machine) {
		return undefined;
	}
	try {
		process.kill(owner.pid, 0);
	} catch (error) {
		if ((error as { code?: string }).code === "ESRCH") {
			return false;
		}
	}
	return owner.start === (await startOf(owner.pid));
}

/** Source: proc_pid_stat(5): field 22, counted after the name, which may hold anything but ends with the last ")". */
async function startOf(pid: number): Promise<string> {
	const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
	return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? "0";
}
