import { createHash, randomUUID } from "node:crypto";
import { open, readdir, readFile, readlink, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { HubClock } from "@dinoseg/core/hub";
import { cacheFailure } from "./cache-layout.ts";

/**
 * Parts of a blob that is being downloaded.
 *
 * Each belongs to one process, whose name is in the file's name, and nobody else ever writes to it. A part whose owner is
 * gone is taken over by renaming it, which only one process can. So there is no lock that could be left behind, and two
 * processes can at worst download twice, each into a file of its own, never into one. Not huggingface_hub's own
 * `.incomplete` files, which are never touched.
 */
export interface PartClaim {
	/** The part, now ours. */
	readonly path: string;
}

/** A part of another process that lives. */
export interface ForeignPart {
	readonly path: string;
	readonly bytes: number;
}

/** The process that writes a part; what it takes to tell whether it still lives. */
export interface PartOwner {
	/** Hash of what must be equal for process numbers to mean the same: host, boot, process namespace. */
	readonly machine: string;
	readonly pid: number;
	/** When the process started, so that a number used again is not taken for it; 0 where the system does not tell. */
	readonly start: string;
}

interface Part extends ForeignPart {
	readonly name: string;
	readonly abandoned: boolean;
}

export interface PartOptions {
	readonly blobs: string;
	/** Of the blob. */
	readonly hash: string;
	readonly self: PartOwner;
	readonly clock: HubClock;
	/** Milliseconds without change after which a part of an owner that cannot be asked counts as abandoned. */
	readonly idleMs: number;
}

const SUFFIX = ".incomplete";
const MARK = ".dinoseg.";
/** Owner of a part that was given back for the next run to go on with. */
const FREE = "free";
const OWNER = /^([0-9a-f]{12})-(\d+)-(\d+)$/;

/** This process. */
export async function currentOwner(): Promise<PartOwner> {
	const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
	const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
	const machine = createHash("sha256").update([hostname(), boot, namespace].join("\n")).digest("hex").slice(0, 12);
	return { machine, pid: process.pid, start: await startOf(process.pid) };
}

/**
 * Get a part to write to: the longest abandoned one, else a new empty one.
 *
 * @param ignore a part of another process that is not worth to wait for.
 * @returns the part of another process if one is at work on this blob.
 */
export async function claimPart(
	options: PartOptions,
	ignore?: string,
): Promise<{ readonly claim: PartClaim } | { readonly busy: ForeignPart }> {
	const mine = join(options.blobs, partName(options));
	const parts = await listParts(options);
	for (const part of parts.filter((each) => each.abandoned).sort((a, b) => b.bytes - a.bytes)) {
		if (await renamed(part.path, mine)) {
			return { claim: { path: mine } };
		}
	}
	const busy = parts.find((part) => !part.abandoned && part.path !== ignore);
	if (busy !== undefined) {
		return { busy };
	}
	try {
		await (await open(mine, "wx")).close();
	} catch (cause) {
		throw cacheFailure(mine, cause);
	}
	// Two that started at the same time see each other here: who has bytes goes on, else the lower name.
	const rivals = (await listParts(options)).filter(
		(part) => part.path !== mine && part.path !== ignore && !part.abandoned,
	);
	const winner = rivals.find((part) => part.bytes > 0 || part.path < mine);
	if (winner !== undefined) {
		await rm(mine, { force: true });
		return { busy: winner };
	}
	return { claim: { path: mine } };
}

/** Leave a part for whoever wants to go on with it; an empty one is removed. */
export async function releasePart(options: PartOptions, path: string): Promise<void> {
	const bytes = (await stat(path).catch(() => undefined))?.size;
	if (bytes === 0) {
		await rm(path, { force: true }).catch(() => undefined);
	} else if (bytes !== undefined) {
		await renamed(path, join(options.blobs, `${options.hash}${MARK}${FREE}.${nonce()}${SUFFIX}`));
	}
}

/** Remove what is abandoned of a blob that is complete now. */
export async function removeAbandonedParts(options: PartOptions): Promise<void> {
	for (const part of await listParts(options)) {
		if (part.abandoned) {
			await rm(part.path, { force: true }).catch(() => undefined);
		}
	}
}

/** Bytes of the longest part that can be gone on with. */
export async function resumableBytes(options: PartOptions): Promise<number> {
	const parts = await listParts(options);
	return Math.max(0, ...parts.filter((part) => part.abandoned).map((part) => part.bytes));
}

/** True for the name of a part that dinoseg wrote. */
export function isPartName(name: string): boolean {
	return name.includes(MARK) && name.endsWith(SUFFIX);
}

function partName({ hash, self }: PartOptions): string {
	return `${hash}${MARK}${self.machine}-${self.pid}-${self.start}.${nonce()}${SUFFIX}`;
}

function nonce(): string {
	return randomUUID().slice(0, 8);
}

async function listParts(options: PartOptions): Promise<Part[]> {
	const prefix = `${options.hash}${MARK}`;
	const names = await readdir(options.blobs).catch(() => []);
	const parts: Part[] = [];
	for (const name of names.filter((each) => each.startsWith(prefix) && each.endsWith(SUFFIX))) {
		const path = join(options.blobs, name);
		const status = await stat(path).catch(() => undefined);
		if (status !== undefined) {
			const idle = options.clock.now() - status.mtimeMs >= options.idleMs;
			const abandoned = await isAbandoned(name.slice(prefix.length).split(".")[0], options.self, idle);
			parts.push({ name, path, bytes: status.size, abandoned });
		}
	}
	return parts;
}

async function isAbandoned(owner: string, self: PartOwner, idle: boolean): Promise<boolean> {
	if (owner === FREE) {
		return true;
	}
	const match = OWNER.exec(owner);
	if (match === null) {
		return idle;
	}
	const alive = await isAlive({ machine: match[1], pid: Number(match[2]), start: match[3] }, self);
	return alive === undefined ? idle : !alive;
}

/** Whether the owner of a part lives; undefined where that cannot be known from here. */
async function isAlive(owner: PartOwner, self: PartOwner): Promise<boolean | undefined> {
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

/** @returns false if somebody else was faster. */
async function renamed(from: string, to: string): Promise<boolean> {
	return rename(from, to).then(
		() => true,
		() => false,
	);
}
