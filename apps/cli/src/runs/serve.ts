import { resolve } from "node:path";
import { type ServerOptions, startServer } from "@dinoseg/server";
import { type CommandContext, EXIT, type ExitCode } from "../commands/context.ts";
import { createLogView } from "../progress/log-view.ts";

export interface ServeFlags extends Omit<ServerOptions, "origins"> {
	readonly allowOrigin?: readonly string[];
	readonly quiet?: boolean;
}

/** Run the HTTP service until a signal asks it to end. */
export async function serve(
	context: CommandContext,
	{ allowOrigin, quiet, folder, token, ...flags }: ServeFlags,
): Promise<ExitCode> {
	const { env, cwd, stdout, stderr, temporaryFiles, now } = context;
	const log = createLogView(stderr);
	const options: ServerOptions = {
		...flags,
		origins: allowOrigin,
		token: token ?? (env["DINOSEG_TOKEN"] || undefined),
		...(folder === undefined ? {} : { folder: resolve(cwd, folder) }),
	};
	const server = await startServer(options, {
		env,
		cwd,
		log,
		logLevel: quiet ? "warn" : "info",
		temporaryFiles,
		openSegmenter: (given) => context.openSegmenter(given),
		now,
	});
	stdout.write(`Listening on ${server.url}\n`);
	await context.untilStopped();
	if (!(await server.close())) {
		context.abandon();
	}
	return EXIT.done;
}
