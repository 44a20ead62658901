import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DinosegError } from "@dinoseg/core/errors";
import { DEFAULT_ENDPOINT, parseEndpoint } from "@dinoseg/core/hub";
import { errnoOf } from "../files/errno.ts";
import { homeFolder } from "../files/home-folder.ts";

export interface HubSettingsOptions {
	/** Environment; see `HubSettings` for the variables. @default process.env */
	readonly env?: Readonly<Record<string, string | undefined>>;
	/** The user's home folder. @default os.homedir() */
	readonly home?: string;
	/** The folder with `models--owner--name` folders. @default HF_HUB_CACHE and its like */
	readonly cacheFolder?: string;
}

/** Proxies by the scheme of the address that is asked for; empty for none. */
export interface ProxySettings {
	readonly httpProxy: string;
	readonly httpsProxy: string;
	/** Hosts to ask directly, comma-separated. */
	readonly noProxy: string;
}

/** Where the hub and the cache are, with the meaning that huggingface_hub gives the same variables. */
export interface HubSettings {
	/** HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME/hub, XDG_CACHE_HOME/huggingface/hub, ~/.cache/huggingface/hub. */
	readonly cacheFolder: string;
	/** HF_ENDPOINT, without a slash at its end. */
	readonly endpoint: string;
	/** HF_TOKEN, HUGGING_FACE_HUB_TOKEN, else the file HF_TOKEN_PATH or HF_HOME/token; none if the file is absent. */
	readonly token: string | undefined;
	/** HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE. */
	readonly offline: boolean;
	/** HTTPS_PROXY, HTTP_PROXY, NO_PROXY, in capitals or not. */
	readonly proxy: ProxySettings | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const YES = ["1", "ON", "YES", "TRUE"];

/**
 * The folder of the Hugging Face cache. It need not exist.
 *
 * Source: huggingface_hub 2.0.0, constants.py; an empty variable counts as unset.
 */
export function hubCacheFolder(options: HubSettingsOptions = {}): string {
	const { env = process.env, home = homeFolder() } = options;
	const given = options.cacheFolder ?? (env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"]);
	return given ? expandPath(given, env, home) : join(hubHome(env, home), "hub");
}

/**
 * Read the settings of the hub from the environment.
 *
 * @throws DinosegError OPTION_INVALID for an HF_ENDPOINT or token that cannot be one.
 */
export async function readHubSettings(options: HubSettingsOptions = {}): Promise<HubSettings> {
	const { env = process.env, home = homeFolder() } = options;
	return {
		cacheFolder: hubCacheFolder(options),
		endpoint: parseEndpoint(env["HF_ENDPOINT"] || DEFAULT_ENDPOINT, "HF_ENDPOINT"),
		token: isYes(env["HF_HUB_DISABLE_IMPLICIT_TOKEN"]) ? undefined : await readToken(env, home),
		offline: isYes(env["HF_HUB_OFFLINE"] || env["TRANSFORMERS_OFFLINE"]),
		proxy: readProxy(env),
	};
}

function hubHome(env: Environment, home: string): string {
	const cache = env["XDG_CACHE_HOME"] || join(home, ".cache");
	return expandPath(env["HF_HOME"] || join(cache, "huggingface"), env, home);
}

function expandPath(path: string, env: Environment, home: string): string {
	return path
		.replace(/^~(?=$|[\\/])/, () => home)
		.replace(/\$(?:(\w+)|\{(\w+)\})/g, (whole, plain, braced) => env[plain ?? braced] ?? whole);
}

async function readToken(env: Environment, home: string): Promise<string | undefined> {
	const fromVariable = cleanToken(env["HF_TOKEN"] || env["HUGGING_FACE_HUB_TOKEN"] || "", "HF_TOKEN");
	if (fromVariable !== undefined) {
		return fromVariable;
	}
	const given = env["HF_TOKEN_PATH"];
	const path = given ? expandPath(given, env, home) : join(hubHome(env, home), "token");
	try {
		// Before it is opened: opening a pipe waits for a writer.
		const status = await stat(path);
		if (!status.isFile()) {
			throw new Error("it is not a regular file");
		}
		return cleanToken(await readFile(path, "utf8"), path);
	} catch (cause) {
		if (cause instanceof DinosegError) {
			throw cause;
		}
		const absent = ["ENOENT", "ENOTDIR"].includes(errnoOf(cause) ?? "");
		if (absent || (!given && errnoOf(cause) === "EACCES")) {
			return undefined;
		}
		throw new DinosegError(
			"OPTION_INVALID",
			`${path}: the token file cannot be read (${(cause as Error).message}). Correct HF_TOKEN_PATH or unset it.`,
			{ details: { path }, cause },
		);
	}
}

/** @returns undefined for white space alone. */
function cleanToken(text: string, source: string): string | undefined {
	const token = text.trim();
	if (/[^\x21-\x7e]/.test(token)) {
		throw new DinosegError(
			"OPTION_INVALID",
			`${source} must hold one access token of printable ASCII characters without spaces. Copy the token again.`,
			{ details: { source } },
		);
	}
	return token === "" ? undefined : token;
}

function readProxy(env: Environment): ProxySettings | undefined {
	const httpProxy = proxyUrl(env["http_proxy"] || env["HTTP_PROXY"]);
	const httpsProxy = proxyUrl(env["https_proxy"] || env["HTTPS_PROXY"]);
	const noProxy = env["no_proxy"] || env["NO_PROXY"] || "";
	return httpProxy === "" && httpsProxy === "" ? undefined : { httpProxy, httpsProxy, noProxy };
}

/** Many write the host alone; it is then asked by http, as curl does. */
function proxyUrl(text: string | undefined): string {
	return !text || text.includes("://") ? (text ?? "") : `http://${text}`;
}

function isYes(text: string | undefined): boolean {
	return YES.includes((text ?? "").trim().toUpperCase());
}
