import { DinosegError } from "@dinoseg/core";
import type { HubFetch } from "./context.ts";
import type { ProxySettings } from "./settings.ts";

/** A fetch through a proxy, and its end. */
export interface ProxyFetch {
	readonly fetch: HubFetch;
	/** Close its connections. */
	close(): Promise<void>;
}

/**
 * A fetch that honours the proxies of the environment, which Node 20's own does not.
 *
 * @throws DinosegError HUB_PROXY for an address that cannot be a proxy's.
 */
export async function createProxyFetch(proxy: ProxySettings): Promise<ProxyFetch> {
	const { EnvHttpProxyAgent, fetch } = await import("undici");
	try {
		const dispatcher = new EnvHttpProxyAgent({
			httpProxy: proxy.httpProxy,
			httpsProxy: proxy.httpsProxy,
			noProxy: proxy.noProxy,
		});
		return {
			fetch: async (url, init) => (await fetch(url, { ...init, dispatcher })) as unknown as Response,
			close: () => dispatcher.destroy(),
		};
	} catch (cause) {
		throw new DinosegError(
			"HUB_PROXY",
			`HTTPS_PROXY or HTTP_PROXY does not hold the address of a proxy (${(cause as Error).message}). ` +
				"Write http://host:port, or unset it.",
			{ cause },
		);
	}
}

/** The proxies' addresses without user and password, for messages. */
export function proxyOrigins(proxy: ProxySettings): string[] {
	return [...new Set([proxy.httpsProxy, proxy.httpProxy])]
		.filter((text) => URL.canParse(text))
		.map((text) => {
			const { protocol, host } = new URL(text);
			return `${protocol}//${host}`;
		});
}
