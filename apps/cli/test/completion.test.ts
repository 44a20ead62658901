import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "./harness.ts";

type Shell = "bash" | "zsh" | "fish";

/** A line before the tab key, and the line after it: there is one completion. */
const UNIQUE: readonly (readonly [before: string, after: string])[] = [
	["dinoseg segm", "dinoseg segment"],
	["dinoseg segment --segments reg", "dinoseg segment --segments regions"],
	["dinoseg segment -m dinov2-giant-", "dinoseg segment -m dinov2-giant-reg"],
	["dinoseg segment --pres", "dinoseg segment --preset"],
	["dinoseg segment -k 3 a.jpg --preset pap", "dinoseg segment -k 3 a.jpg --preset paper"],
	["dinoseg model ver", "dinoseg model verify"],
	["dinoseg model pull dinov2-giant-", "dinoseg model pull dinov2-giant-reg"],
	["dinoseg export out --format label-s", "dinoseg export out --format label-studio"],
	["dinoseg completion f", "dinoseg completion fish"],
];

/** A path is completed by the shell, as an input and as the value of a flag. */
const PATHS: typeof UNIQUE = [
	["dinoseg pho", "dinoseg photo.jpg"],
	["dinoseg segment pho", "dinoseg segment photo.jpg"],
	["dinoseg segment --names pho", "dinoseg segment --names photo.jpg"],
];

describe("the completion script", () => {
	it.skipIf(isMissing("bash"))("completes in bash, what stands behind = too", async () => {
		await using sandbox = await withScript("bash");
		for (const [before, after] of [...UNIQUE, ["dinoseg segment --dtype = in", "dinoseg segment --dtype = int8"]]) {
			expect(completionsInBash(sandbox, before), before).toContain(lastWord(after));
		}
		expect(completionsInBash(sandbox, "dinoseg segment --dtype =")).toEqual(["fp32", "int8"]);
		// What the script knows nothing of is left to the shell.
		for (const [before] of PATHS) {
			expect(completionsInBash(sandbox, before), before).toEqual([]);
		}
	});

	it.skipIf(isMissing("fish"))("completes in fish", async () => {
		await using sandbox = await withScript("fish");
		for (const [before, after] of [...UNIQUE, ...PATHS]) {
			const told = runShell(sandbox, "fish", ["-N", "-c", `source script; complete -C '${before}'`]);
			const words = told.split("\n").map((line) => line.split("\t")[0]);
			expect(words, before).toContain(lastWord(after));
		}
	});

	it.skipIf(isMissing("zsh"))("completes in zsh, at the tab key", async () => {
		await using sandbox = await withScript("zsh");
		const lines = [...UNIQUE, ...PATHS];
		await writeFile(sandbox.path("lines"), lines.map(([before]) => `${before}\n`).join(""));
		await writeFile(sandbox.path("press-tab"), PRESS_TAB);
		const told = runShell(sandbox, "zsh", ["-f", "press-tab"]);
		expect(told.trimEnd().split("\n")).toEqual(lines.map(([, after]) => after));
	});

	it("offers every flag of every command", async () => {
		await using sandbox = await withScript("bash");
		const commands = ["segment", "features", "evaluate", "bench", "export", "doctor", "model list", "model pull"];
		for (const command of commands) {
			const { stdout } = await sandbox.dinoseg(...command.split(" "), "--help");
			const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
			expect(flags.length).toBeGreaterThan(1);
			expect(completionsInBash(sandbox, `dinoseg ${command} --`), command).toEqual(expect.arrayContaining(flags));
		}
		expect(completionsInBash(sandbox, "dinoseg segment --")).toContain("--position-grid");
	});

	it("is for the shells that it names", async () => {
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg("completion", "tcsh");
		expect(result).toMatchObject({ code: 2, stdout: "" });
		expect(result.stderr).toContain("Allowed choices are bash, zsh, fish");
	});
});

/** Types each line of the file `lines` into a zsh behind a pseudo-terminal, presses tab, and prints what stands there. */
const PRESS_TAB = `
zmodload zsh/zpty
zpty terminal TERM=dumb zsh -f -i
zpty -w terminal "autoload -Uz compinit; compinit -u -D; source ./script; bindkey -e; PS1='> '"
while read -r line; do
	zpty -w -n terminal $'\\C-u'"$line"$'\\t\\C-aprint -r -- "[\\C-e]"\\n'
	zpty -r -m terminal out $'*\\r\\n\\\\[*\\\\]\\r\\n*'
	out=\${\${out##*$'\\n'\\[}%%\\]*}
	print -r -- "\${out% }"
done <lines
zpty -d terminal
`;

function isMissing(shell: Shell): boolean {
	return spawnSync(shell, ["-c", "exit 0"]).status !== 0;
}

/** A sandbox that holds the completion script, and a file to complete. */
async function withScript(shell: Shell): Promise<Sandbox> {
	const sandbox = await createSandbox();
	const { code, stdout, stderr } = await sandbox.dinoseg("completion", shell);
	expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
	await writeFile(sandbox.path("script"), stdout);
	await writeFile(sandbox.path("photo.jpg"), "");
	return sandbox;
}

function runShell(sandbox: Sandbox, shell: Shell, args: readonly string[]): string {
	const env = { PATH: process.env["PATH"], HOME: sandbox.folder };
	const { status, stdout, stderr } = spawnSync(shell, args, { cwd: sandbox.folder, env, encoding: "utf8" });
	expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
	return stdout;
}

function completionsInBash(sandbox: Sandbox, line: string): string[] {
	const words = line.split(" ");
	const script = `source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dinoseg 2>/dev/null; printf "%s\\n" "\${COMPREPLY[@]}"`;
	return runShell(sandbox, "bash", ["--norc", "-c", script, "bash", ...words])
		.split("\n")
		.filter((word) => word !== "");
}

function lastWord(line: string): string {
	return line.slice(line.lastIndexOf(" ") + 1);
}
