import { Command, Option } from "commander";
import type { ModelFlags } from "../runs/model.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** What the subcommands do. */
type ModelRuns = typeof import("../runs/model.ts");

/** `dinoseg model`: the models of the hub and its cache. */
export function modelCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const model = new Command("model").description("List, download, describe, check and remove models");
	const add = (
		usage: string,
		description: string,
		action: (runs: ModelRuns, name: string, flags: ModelFlags) => Promise<ExitCode>,
	) => {
		const [verb, ...parameters] = usage.split(" ");
		const command = new Command(verb)
			.description(description)
			.addOption(new Option("--json", "print one JSON document to stdout"))
			.addOption(new Option("--quiet", "tell only failures on stderr"));
		for (const parameter of parameters) {
			command.argument(
				parameter,
				"tiny, dinov2-small|base|large|giant with or without -reg, dinov3-small|small-plus|base|large|huge-plus, " +
					"or owner/name; @revision if wanted",
			);
		}
		command.action(async (...given: unknown[]) => {
			const name = parameters.length > 0 ? (given[0] as string) : "";
			setExitCode(await action(await import("../runs/model.ts"), name, command.opts<ModelFlags>()));
		});
		model.addCommand(command);
	};
	add("list", "Show the models that have names, and those in the cache", (runs, _name, flags) =>
		runs.list(context, flags),
	);
	add("pull <name>", "Download a model into the Hugging Face cache, verified", (runs, name, flags) =>
		runs.pull(context, name, flags),
	);
	add("info <name>", "Show a model's architecture, sizes, licence, revision and memory", (runs, name, flags) =>
		runs.info(context, name, flags),
	);
	add("verify [name]", "Read cached models again and compare every byte with its hash", (runs, name, flags) =>
		runs.verify(context, name, flags),
	);
	add("remove <name>", "Remove a model from the cache", (runs, name, flags) => runs.remove(context, name, flags));
	return model;
}
