import { DinosegError } from "@dinoseg/core/errors";
import { PassingFailure } from "@dinoseg/core/hub";
import type { ProxySettings } from "./settings.ts";

/** OpenSSL's verification errors, and Node's for a certificate of another host. */
const CERTIFICATE_CODE = /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|HOSTNAME_MISMATCH|INVALID_CA/;
const TLS_CODE = /^(EPROTO|ERR_SSL_)/;

/** What is read of the errors that fetch wraps into each other. */
interface SystemError extends Error {
	readonly code?: string;
	readonly hostname?: string;
	readonly port?: number;
	readonly errors?: readonly Error[];
}

/**
 * What a failed connection means.
 *
 * @returns PassingFailure, or a DinosegError where asking again cannot help.
 */
export function connectionFailure(
	proxy: ProxySettings | undefined,
	url: string,
	thrown: unknown,
): PassingFailure | DinosegError {
	const chain = causesOf(thrown);
	const { host, protocol } = new URL(url);
	const details = { host, reason: reasonOf(chain) };
	const options = { details, cause: thrown };
	if (chain.some((error) => CERTIFICATE_CODE.test(error.code ?? ""))) {
		return new DinosegError(
			"HUB_CERTIFICATE",
			`${host}: its certificate is not trusted (${details.reason}). Behind a company's proxy, let ` +
				"NODE_EXTRA_CA_CERTS name the file of the company's root certificate; else check the clock of this computer.",
			options,
		);
	}
	if (proxy !== undefined && isProxyFault(proxy, chain)) {
		return proxyFailure(proxy, host, tunnelStatus(chain), details.reason, options);
	}
	if (chain.some((error) => TLS_CODE.test(error.code ?? ""))) {
		return new DinosegError(
			"HUB_UNREACHABLE",
			`${host}: does not speak ${protocol.slice(0, -1)} (${details.reason}). Check whether HF_ENDPOINT or the proxy ` +
				"must begin with http:// or https://.",
			options,
		);
	}
	return new PassingFailure(
		new DinosegError(
			"HUB_UNREACHABLE",
			`${host}: cannot be reached (${details.reason}). Check the network; behind a proxy set HTTPS_PROXY. What was ` +
				"downloaded stays: the same command goes on from there. HF_HUB_OFFLINE=1 uses only what is in the cache.",
			options,
		),
	);
}

/** The proxy refused, or is not there. */
function proxyFailure(
	proxy: ProxySettings,
	host: string,
	status: number | undefined,
	reason: string,
	options: { readonly cause: unknown },
): DinosegError {
	const proxies = proxyOrigins(proxy);
	const name = `The proxy ${proxies.join(" or ")}`;
	const message =
		status === 407
			? `${name} wants user and password, or others than it got (407). Write http://user:password@host:port into ` +
				"HTTPS_PROXY and HTTP_PROXY."
			: status === undefined
				? `${name} cannot be used (${reason}). Check HTTPS_PROXY and HTTP_PROXY, or list the hub's host in NO_PROXY.`
				: `${name} refuses to connect to ${host} (${status}). Ask who runs it to allow that host, or list it in NO_PROXY ` +
					"if it can be reached directly.";
	return new DinosegError("HUB_PROXY", message, { details: { proxies, reason }, cause: options.cause });
}

/** The status with which a proxy refused to open a tunnel. undici tells it in words only. */
function tunnelStatus(chain: readonly SystemError[]): number | undefined {
	const [text] = chain.flatMap((error) => /Proxy response \((\d{3})\)/.exec(error.message)?.[1] ?? []);
	return text === undefined ? undefined : Number(text);
}

function isProxyFault(proxy: ProxySettings, chain: readonly SystemError[]): boolean {
	const proxies = proxyOrigins(proxy);
	return (
		tunnelStatus(chain) !== undefined ||
		chain.some((error) =>
			proxies.some((origin) => {
				const { hostname, port } = new URL(origin);
				return error.hostname === hostname || (error.port !== undefined && `${error.port}` === port);
			}),
		)
	);
}

/** The proxies' addresses without user and password. */
function proxyOrigins(proxy: ProxySettings): string[] {
	return [...new Set([proxy.httpsProxy, proxy.httpProxy])]
		.filter((text) => URL.canParse(text))
		.map((text) => {
			const { protocol, host } = new URL(text);
			return `${protocol}//${host}`;
		});
}

/** The innermost error tells most; some have neither code nor message. Of status 407, fetch tells nothing at all. */
function reasonOf(chain: readonly SystemError[]): string {
	const innermost = chain.at(-1);
	if (innermost?.message === "" && innermost.code === undefined && chain.length > 1) {
		return "no reason given, as where a proxy in between wants user and password: http://user:password@host:port in HTTPS_PROXY and HTTP_PROXY";
	}
	const telling = chain.findLast((error) => error.code !== undefined || error.message !== "");
	return telling?.code ?? telling?.message ?? "no reason given";
}

function causesOf(thrown: unknown): SystemError[] {
	const chain: SystemError[] = [];
	let error = thrown as SystemError | undefined;
	while (error instanceof Error && !chain.includes(error)) {
		chain.push(error);
		error = (error.errors?.[0] ?? error.cause) as SystemError | undefined;
	}
	return chain;
}
