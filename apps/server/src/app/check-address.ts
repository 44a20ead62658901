import type { MiddlewareHandler } from "hono";
import { invalidRequest } from "../api/problems.ts";

/** Refuse addresses of which a part would be taken otherwise than it is meant. */
export const checkAddress: MiddlewareHandler = async (context, next) => {
	const { pathname, search, searchParams } = new URL(context.req.url);
	const address = pathname + search;
	if (!isDecodable(address)) {
		throw invalidRequest(
			`The address must be UTF-8 in percent-encoding, got ${JSON.stringify(address)}. Write a percent sign as %25.`,
		);
	}
	const keys = [...searchParams.keys()];
	const repeated = keys.find((key, index) => keys.indexOf(key) < index);
	if (repeated !== undefined) {
		throw invalidRequest(`The parameter ${JSON.stringify(repeated)} is there twice. Send it once.`, {
			parameter: repeated,
		});
	}
	await next();
};

function isDecodable(address: string): boolean {
	try {
		decodeURIComponent(address);
		return true;
	} catch {
		return false;
	}
}
