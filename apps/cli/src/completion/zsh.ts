import type { CommandWords, FlagWords, ValueWords } from "./command-words.ts";

/** A completion script for zsh: sourced, or as the file `_dinoseg` in a folder of `fpath`. */
export function zshCompletion(program: CommandWords): string {
	return `#compdef ${program.name}
${functions(program, `_${program.name}`).join("\n")}
if [[ $funcstack[1] == _${program.name} ]]; then
	_${program.name} "$@"
else
	compdef _${program.name} ${program.name}
fi
`;
}

/** The function of a command, after those of the commands below it. */
function functions(command: CommandWords, name: string): string[] {
	const { flags, commands, argument } = command;
	const below = commands.flatMap((sub) => functions(sub, `${name}_${sub.name}`));
	const specs = flags.map(flagSpec);
	if (commands.length === 0) {
		const arguments_ = argument === undefined ? [] : [quote(`*:argument:${action(argument)}`)];
		return [...below, `${name}() {\n\t_arguments -s -S \\\n\t\t${[...specs, ...arguments_].join(" \\\n\t\t")}\n}`];
	}
	const names = commands.map(({ name: sub, description }) => quote(`${escapeColons(sub)}:${description}`));
	// A first word that is a path goes to a command too: \`dinoseg photo.jpg\`.
	return [
		...below,
		`${name}() {
	local context state state_descr line curcontext="$curcontext"
	typeset -A opt_args
	_arguments -C \\
		${[...specs, "'1: :->command'", "'*:: :->rest'"].join(" \\\n\t\t")}
	case $state in
	command)
		local -a commands=(
			${names.join("\n\t\t\t")}
		)
		_describe command commands
		_files
		;;
	rest)
		case $line[1] in
${commands.map(({ name: sub }) => `\t\t${sub}) ${name}_${sub} ;;`).join("\n")}
		*) _files ;;
		esac
		;;
	esac
}`,
	];
}

function flagSpec({ short, long, description, value }: FlagWords): string {
	const told = `[${description.replace(/[[\]\\:]/g, "\\$&")}]${value === undefined ? "" : `:value:${action(value)}`}`;
	return short === undefined ? quote(long + told) : `'(${short} ${long})'{${short},${long}}${quote(told)}`;
}

function action(value: ValueWords): string {
	return value === "path" ? "_files" : value === "text" ? " " : `(${value.join(" ")})`;
}

function escapeColons(text: string): string {
	return text.replaceAll(":", "\\:");
}

function quote(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}
