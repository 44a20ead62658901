import type { CommandWords, FlagWords, ValueWords } from "./command-words.ts";

/** A completion script for bash 3.2 or newer, without the package bash-completion. */
export function bashCompletion(program: CommandWords): string {
	const commands = everyCommand(program);
	return `# bash completion of ${program.name}
_${program.name}() {
	local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path=${program.name} words= i
	# bash takes --flag=value for three words.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=\${COMP_WORDS[COMP_CWORD-2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case "$path \${COMP_WORDS[i]}" in
${commands
	.filter(({ path }) => path !== program.name)
	.map(({ path }) => `\t\t"${path}") path="${path}" ;;`)
	.join("\n")}
		esac
	done
	case "$path $previous" in
${commands.flatMap(({ path, command }) => command.flags.flatMap((flag) => valueCase(path, flag))).join("\n")}
	*)
		case "$path" in
${commands.map(({ path, command }) => `\t\t"${path}") words="${wordsOf(command).join(" ")}" ;;`).join("\n")}
		esac
		;;
	esac
	COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _${program.name} ${program.name}
`;
}

interface CommandAt {
	/** The words that lead to it: `dinoseg model pull`. */
	readonly path: string;
	readonly command: CommandWords;
}

function everyCommand(command: CommandWords, above = ""): CommandAt[] {
	const path = `${above}${command.name}`;
	return [{ path, command }, ...command.commands.flatMap((sub) => everyCommand(sub, `${path} `))];
}

function valueCase(path: string, { short, long, value }: FlagWords): string[] {
	if (value === undefined) {
		return [];
	}
	const patterns = [short, long].flatMap((name) => (name === undefined ? [] : `"${path} ${name}"`));
	return [`\t${patterns.join(" | ")}) ${offer(value)} ;;`];
}

function offer(value: ValueWords): string {
	return value === "path"
		? ":"
		: value === "text"
			? "compopt +o default +o bashdefault 2>/dev/null"
			: `words="${value.join(" ")}"`;
}

function wordsOf({ flags, commands, argument }: CommandWords): string[] {
	return [
		...commands.map(({ name }) => name),
		...(Array.isArray(argument) ? argument : []),
		...flags.flatMap(({ short, long }) => (short === undefined ? long : [short, long])),
	];
}
