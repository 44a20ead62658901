import type { CommandWords, FlagWords, ValueWords } from "./command-words.ts";

/** A completion script for fish. */
export function fishCompletion(program: CommandWords): string {
	return `# fish completion of ${program.name}\n${linesOf(program, program.name, []).join("\n")}\n`;
}

/** The lines of a command, and of those below it. */
function linesOf(command: CommandWords, program: string, path: readonly string[]): string[] {
	const { flags, commands, argument } = command;
	const isBelow = path.map((name) => `__fish_seen_subcommand_from ${name}`);
	const others = commands.map(({ name }) => name).join(" ");
	const isHere = others === "" ? isBelow : [...isBelow, `not __fish_seen_subcommand_from ${others}`];
	const start = `complete -c ${program}${isHere.length > 0 ? ` -n '${isHere.join("; and ")}'` : ""}`;
	return [
		...commands.map(({ name, description }) => `${start} -a ${name} -d ${quote(description)}`),
		...(Array.isArray(argument) ? [`${start} -f -a ${quote(argument.join(" "))}`] : []),
		...flags.map((flag) => `${start} ${flagParts(flag)}`),
		...commands.flatMap((sub) => linesOf(sub, program, [...path, sub.name])),
	];
}

function flagParts({ short, long, description, value }: FlagWords): string {
	return [
		...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
		`-l ${long.slice(2)}`,
		...(value === undefined ? [] : [valueParts(value)]),
		`-d ${quote(description)}`,
	].join(" ");
}

function valueParts(value: ValueWords): string {
	return value === "path" ? "-r -F" : value === "text" ? "-x" : `-x -a ${quote(value.join(" "))}`;
}

function quote(text: string): string {
	return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
