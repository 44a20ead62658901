import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SERVER_DEFAULTS } from "@dinoseg/server/options";
import { describe, expect, it } from "vitest";
import { readDockerFile } from "./docker-file.ts";
import { ROOT } from "./workspaces.ts";

const read = (name: string) => readFile(`${ROOT}docs/deploy/${name}`, "utf8");

/** Of `docker` and `systemctl`. */
const FLAGS_OF_OTHERS = new Set([
	"--cap-drop",
	"--detach",
	"--env",
	"--env-file",
	"--init",
	"--memory",
	"--name",
	"--now",
	"--publish",
	"--read-only",
	"--restart",
	"--rm",
	"--security-opt",
	"--stop-timeout",
	"--tmpfs",
	"--volume",
]);

const flagsIn = (text: string): string[] => [...text.matchAll(/(?<=^|[\s`"[])--[a-z][\w-]*/gm)].map(([flag]) => flag);

const flagsOfServe = (): Set<string> => {
	const program = join(ROOT, "apps/cli/bin/dinoseg.js");
	return new Set(flagsIn(execFileSync(process.execPath, [program, "serve", "--help"], { encoding: "utf8" })));
};

describe("docs/deploy", () => {
	it("names flags that there are", async () => {
		const known = flagsOfServe();
		const text = await read("README.md");
		expect(flagsIn(text).filter((flag) => !known.has(flag) && !FLAGS_OF_OTHERS.has(flag))).toEqual([]);
		const unit = /^ExecStart=(.*)$/m.exec(await read("dinoseg.service"))?.[1] ?? "";
		const calls = [...text.matchAll(/dinoseg serve[^`\n]*/g)].map(([call]) => call);
		for (const call of [...calls, unit, readDockerFile().command.join(" ")]) {
			expect(call).toMatch(/dinoseg serve/);
			expect(
				flagsIn(call).filter((flag) => !known.has(flag)),
				call,
			).toEqual([]);
		}
	});

	it("has an image of one Node, with the port of the service", async () => {
		const { baseImages } = readDockerFile();
		expect(new Set(baseImages).size).toBe(1);
		expect(baseImages[0]).toMatch(/^node:22\.\d+-slim$/);
		expect(await read("Dockerfile")).toContain(`EXPOSE ${SERVER_DEFAULTS.port}\n`);
		expect(readDockerFile().healthCheck.join(" ")).toContain(`:${SERVER_DEFAULTS.port}/healthz`);
		expect(await read("README.md")).toContain(`The image holds \`${baseImages[0]}\``);
	});

	it("lets the build read what it needs", async () => {
		const named = [...(await read("Dockerfile.dockerignore")).matchAll(/^!(.*)$/gm)].map(([, name]) => name);
		const tracked = execFileSync("git", ["ls-files", "--", ...named], { cwd: ROOT, encoding: "utf8" }).split("\n");
		for (const name of named) {
			expect(
				tracked.some((path) => path === name || path.startsWith(`${name}/`)),
				name,
			).toBe(true);
		}
	});

	it.skipIf(!hasSystemd()).each(["dinoseg.service", "../scale/dinoseg-worker.service"])(
		"%s is a unit that systemd takes, with little left to the service",
		async (name) => {
			const folder = await mkdtemp(join(tmpdir(), "dinoseg-unit-"));
			try {
				const unit = await read(name);
				const [, program] = /^ExecStart=(\S+)/m.exec(unit) ?? [];
				// systemd wants the program to be there.
				const standIn = join(folder, program);
				await mkdir(dirname(standIn), { recursive: true });
				await writeFile(standIn, "");
				await chmod(standIn, 0o755);
				const file = join(folder, "dinoseg.service");
				await writeFile(file, unit.replace(program, standIn));
				const analyze = (...args: string[]) =>
					execFileSync("sh", ["-c", 'systemd-analyze "$@" 2>&1', "sh", ...args, file], { encoding: "utf8" });
				expect(analyze("verify", "--man=no")).toBe("");
				// Its scale goes from 0, nothing can be done, to 10. 20 stands for 2.0.
				expect(analyze("security", "--offline=yes", "--threshold=20", "--no-pager")).toMatch(
					/Overall exposure level.* OK/,
				);
			} finally {
				await rm(folder, { recursive: true });
			}
		},
	);
});

function hasSystemd(): boolean {
	try {
		execFileSync("systemd-analyze", ["--version"], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}
