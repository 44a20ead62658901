import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx", "*.js"], {
	cwd: root,
	encoding: "utf8",
})
	.split("\n")
	.filter((file) => file !== "" && !file.startsWith("packages/kernels/assembly/"));

/** Values. The types that a function takes and gives are exported beside it, whether somebody names them or not. */
const DECLARED = /^export (?:async )?(?:const|let|function\*?|class|enum) (\w+)/gm;
/** The names in the braces of imports, also dynamic ones, and of exports from elsewhere. */
const TAKEN = /(?:import|export|const)\s+(?:type\s+)?(?:\w+,\s*)?\{([^}]*)\}/g;
/** What imports, or exports, everything of another file. */
const TAKEN_WHOLE = /(?:import|export)(?: type)? \*(?: as \w+)? from "([^"]+)"|import\(.*?"([^"]+)"/g;

function namesTaken(text: string): string[] {
	return [...text.matchAll(TAKEN)].flatMap(([, names]) =>
		names.split(",").map(
			(name) =>
				name
					.replace(/^\s*type\s/, "")
					.trim()
					.split(/\s/)[0],
		),
	);
}

it("every value that a file exports is taken by another file", () => {
	const texts = new Map(files.map((file) => [file, readFileSync(`${root}/${file}`, "utf8")]));
	const taken = new Map<string, Set<string>>();
	const whole = new Set<string>();
	for (const [file, text] of texts) {
		for (const name of namesTaken(text)) {
			taken.set(name, (taken.get(name) ?? new Set()).add(file));
		}
		for (const [, from, dynamic] of text.matchAll(TAKEN_WHOLE)) {
			whole.add(
				(from ?? dynamic)
					.split("/")
					.at(-1)
					?.replace(/\.[jt]sx?$/, "") ?? "",
			);
		}
	}
	const dead = [...texts].flatMap(([file, text]) => {
		const own =
			file
				.split("/")
				.at(-1)
				?.replace(/\.tsx?$/, "") ?? "";
		// The generated module of the ONNX format is as its generator wrote it.
		return own === "onnx_pb" || whole.has(own)
			? []
			: [...text.matchAll(DECLARED)]
					.filter(([, name]) => ![...(taken.get(name) ?? [])].some((user) => user !== file))
					.map(([, name]) => `${file}: ${name}`);
	});
	expect(dead).toEqual([]);
});
