import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, type ServerOptions, startServer } from "@dinoseg/server";
import { afterAll, beforeAll } from "vitest";

/** A line of the log. */
export interface LogLine {
	readonly level: number;
	readonly msg: string;
	readonly path?: string;
	readonly err?: { readonly stack?: string };
}

/** A service on loopback, in a folder of its own. */
export interface TestService {
	readonly url: string;
	readonly folder: string;
	readonly log: readonly LogLine[];
	fetch(path: string, init?: RequestInit): Promise<Response>;
	/** The JSON of an answer; the status must be that. */
	json<T = Record<string, unknown>>(path: string, status?: number, init?: RequestInit): Promise<T>;
	/** Send an image and return its id. */
	send(bytes: Uint8Array): Promise<string>;
	/** Ask for a segmentation and return its id. */
	segment(imageId: string, options?: object): Promise<string>;
	/** Paths of all files that it keeps. */
	files(): Promise<string[]>;
	close(): Promise<boolean>;
	/** Start again on the same folder. */
	restart(options?: ServerOptions): Promise<void>;
}

/**
 * Start a service.
 *
 * @param options      beside port and folder.
 * @param studioFolder where the page is. Default: that which is built.
 * @param env          variables beside those of this process. Default: models are not downloaded.
 * @param graceMs      for requests to end by themselves when it ends. Default: the service's own.
 */
export async function startService(
	options: ServerOptions = {},
	studioFolder?: string,
	env: NodeJS.ProcessEnv = { HF_HUB_OFFLINE: "1" },
	graceMs?: number,
): Promise<TestService & AsyncDisposable> {
	const parent = await mkdtemp(join(tmpdir(), "dinoseg-service-"));
	const folder = join(parent, "service");
	const log: LogLine[] = [];
	const start = (given: ServerOptions): Promise<RunningServer> =>
		startServer(
			{ workers: 1, port: 0, folder, ...given },
			{
				env: {
					...process.env,
					DINOSEG_CACHE: join(parent, "cache"),
					HF_HUB_CACHE: join(parent, "hub"),
					...env,
				},
				cwd: parent,
				log: { write: (line) => void log.push(JSON.parse(line) as LogLine) },
				logLevel: "debug",
				...(studioFolder === undefined ? {} : { studioFolder }),
				...(graceMs === undefined ? {} : { graceMs }),
			},
		);
	let server: RunningServer;
	try {
		server = await start(options);
	} catch (error) {
		await rm(parent, { recursive: true, force: true });
		throw error;
	}
	const headers: Record<string, string> = options.token ? { authorization: `Bearer ${options.token}` } : {};
	const call = (path: string, init: RequestInit = {}) =>
		fetch(`${server.url}${path}`, { ...init, headers: { ...headers, ...(init.headers as object) } });
	const json: TestService["json"] = async (path, status = 200, init) => {
		const answer = await call(path, init);
		const text = await answer.text();
		if (answer.status !== status) {
			throw new Error(`${path}: expected ${status}, got ${answer.status}: ${text}`);
		}
		return JSON.parse(text);
	};
	return {
		get url() {
			return server.url;
		},
		folder,
		log,
		fetch: call,
		json,
		async send(bytes) {
			const { id } = await json<{ id: string }>("/v1/images", 201, { method: "POST", ...imageBody(bytes) });
			return id;
		},
		async segment(imageId, given = {}) {
			const body = JSON.stringify({ imageId, options: given });
			const { id } = await json<{ id: string }>("/v1/segmentations", 202, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body,
			});
			return id;
		},
		files: async () => (await readdir(folder, { recursive: true })).sort(),
		close: () => server.close(),
		async restart(given = options) {
			await server.close();
			server = await start(given);
		},
		async [Symbol.asyncDispose]() {
			await server.close();
			await rm(parent, { recursive: true, force: true });
		},
	};
}

/** One service for all tests of a file. */
export function useService(options?: ServerOptions): TestService {
	let service: TestService & AsyncDisposable;
	beforeAll(async () => {
		service = await startService(options);
	});
	afterAll(() => service?.[Symbol.asyncDispose]());
	return new Proxy({} as TestService, { get: (_target, key) => Reflect.get(service, key) });
}

/** A body that is an image and nothing else. */
export function imageBody(bytes: Uint8Array): RequestInit {
	return { body: new Uint8Array(bytes), headers: { "content-type": "application/octet-stream" } };
}

/** A form with an image, and fields beside it. */
export function imageForm(
	bytes: Uint8Array,
	fields: Readonly<Record<string, string>> = {},
	name = "photo.jpg",
): RequestInit {
	const body = new FormData();
	body.set("image", new Blob([new Uint8Array(bytes)]), name);
	for (const [key, value] of Object.entries(fields)) {
		body.set(key, value);
	}
	return { method: "POST", body };
}
