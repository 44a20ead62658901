import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openQueue } from "@dinoseg/jobs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXIT } from "../apps/cli/src/commands/context.ts";
import { hasRedis, startRedis } from "../fixtures/redis-server.ts";
import { ROOT } from "./workspaces.ts";

const read = (name: string) => readFile(join(ROOT, "docs/scale", name), "utf8");

const helpOf = (command: string): string =>
	execFileSync(process.execPath, [join(ROOT, "apps/cli/bin/dinoseg.js"), command, "--help", "all"], {
		encoding: "utf8",
	});

/** Flags of a call that its command does not know. */
function unknownFlags([command, ...words]: readonly string[]): string[] {
	const known = new Set(helpOf(command).match(/(?<=^|[\s,])--?[a-z][\w-]*/gm));
	return words.filter((word) => /^--?[a-z]/.test(word) && !known.has(word));
}

describe("docs/scale", () => {
	it("has a Slurm script that a shell reads, with flags that there are", async () => {
		const text = await read("slurm.sh");
		execFileSync("sh", ["-n", join(ROOT, "docs/scale/slurm.sh")]);
		const [, call = ""] = /dinoseg (batch .*)$/m.exec(text) ?? [];
		expect(unknownFlags(call.split(" "))).toEqual([]);
		expect(text).toContain(`[ "$code" -eq ${EXIT.quarantined} ] && exit 0`);
	});

	it("has Kubernetes' objects with flags that there are, and tells its exit codes apart", async () => {
		const job = parse(await read("kubernetes-shards.yaml")).spec;
		const workers = parse(await read("kubernetes-workers.yaml")).spec;
		for (const { template } of [job, workers]) {
			expect(unknownFlags(template.spec.containers[0].args)).toEqual([]);
		}
		const { args } = job.template.spec.containers[0];
		expect(args[args.indexOf("--shards") + 1]).toBe(String(job.completions));
		const codes = job.podFailurePolicy.rules.flatMap(
			({ action, onExitCodes }: { action: string; onExitCodes?: { values: number[] } }) =>
				(onExitCodes?.values ?? []).map((code) => [code, action]),
		);
		expect(codes).toEqual([
			[EXIT.quarantined, "FailIndex"],
			[EXIT.usage, "FailJob"],
		]);
		expect(job.backoffLimitPerIndex).toBeGreaterThan(0);
	});

	it.skipIf(!hasRedis)("has settings with which a Redis can keep a queue (skipped where there is none)", async () => {
		const lines = (await read("redis.conf")).split("\n").filter((line) => /^[a-z]/.test(line));
		const flags = lines.flatMap((line) => {
			const [name, ...values] = line.split(" ");
			return [`--${name}`, ...values.map((value) => value.replaceAll('"', ""))];
		});
		await using redis = await startRedis(...flags);
		await using queue = await openQueue(redis.url);
		expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
	});
});
