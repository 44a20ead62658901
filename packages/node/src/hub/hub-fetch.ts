import { DinosegError } from "@dinoseg/core/errors";
import type { HubFetch } from "@dinoseg/core/hub";
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
