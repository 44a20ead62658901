import { SERVER_BOUNDS, SERVER_DEFAULTS } from "@dinoseg/server/options";
import { Command, Option } from "commander";
import { countFlag } from "../flags/count-flag.ts";
import { optionFlag } from "../flags/option-flags.ts";
import { nonEmpty, quietFlag } from "../flags/run-flags.ts";
import type { ServeFlags } from "../runs/serve.ts";
import type { CommandContext, ExitCode } from "./context.ts";

/** A flag with a number of the service. */
function numberFlag(usage: string, description: string, key: Exclude<keyof typeof SERVER_BOUNDS, "workers">): Option {
	const { min, max } = SERVER_BOUNDS[key];
	return countFlag(usage, `${description} [${min} to ${max}; default: ${SERVER_DEFAULTS[key]}]`, { min, max });
}

/** `dinoseg serve`: the HTTP service. */
export function serveCommand(context: CommandContext, setExitCode: (code: ExitCode) => void): Command {
	const command = new Command("serve").description("Segment images over HTTP, for any program, until Ctrl-C");
	const { min, max } = SERVER_BOUNDS.workers;
	for (const option of [
		optionFlag("model"),
		optionFlag("dtype"),
		optionFlag("device"),
		new Option("--host <address>", "address to listen at; any but this machine's own wants a token")
			.default(SERVER_DEFAULTS.host)
			.argParser(nonEmpty),
		numberFlag("--port <number>", "port to listen at; 0 is any that is free", "port"),
		new Option("--token <token>", "what requests must bring: Authorization: Bearer …; DINOSEG_TOKEN hides it better"),
		new Option("--allow-origin <origins...>", "pages of other origins that may use the service: https://example.org"),
		countFlag(
			"--workers <count>",
			`segmentations that are computed at the same time; each holds the model [${min} to ${max}; default: the cores, at most 2]`,
			SERVER_BOUNDS.workers,
		),
		numberFlag("--max-queue <count>", "segmentations that may wait; more are told to come back", "maxQueue"),
		numberFlag("--max-bytes <count>", "bytes of an image", "maxBytes"),
		numberFlag("--max-pixels <count>", "pixels of an image", "maxPixels"),
		numberFlag("--max-tokens <count>", "tokens of an image; memory grows with their square", "maxTokens"),
		numberFlag("--upload-seconds <count>", "until an image has arrived", "uploadSeconds"),
		numberFlag("--job-seconds <count>", "until a segmentation is done", "jobSeconds"),
		new Option(
			"--folder <path>",
			"where images and results are kept [default: service in the folder of the caches]",
		).argParser(nonEmpty),
		numberFlag(
			"--max-stored-bytes <count>",
			"bytes of images and results; the least recently used go first",
			"maxStoredBytes",
		),
		numberFlag("--keep-seconds <count>", "after which images and results go that nobody used", "keepSeconds"),
		quietFlag(),
	]) {
		command.addOption(option);
	}
	return command.action(async (flags: ServeFlags) => {
		const { serve } = await import("../runs/serve.ts");
		setExitCode(await serve(context, flags));
	});
}
