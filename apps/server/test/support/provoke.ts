import type { ApiDescription, Operation } from "./api-description.ts";
import { type Existing, form, plainRequests } from "./generate-requests.ts";
import type { RawRequest } from "./raw-request.ts";

/** What a service has, and things of it with which something is wrong. */
export interface Flawed extends Existing {
	/** Image whose header is right, and whose pixels are not all there. */
	readonly damagedId: string;
	/** Stack whose second page has too many pixels, and whose third has no data. */
	readonly stackId: string;
	/** Segmentations, by the status of the problem with which their files are answered. */
	readonly failing: Readonly<Record<number, string>>;
	/** Bytes that begin as a PNG does. */
	readonly damaged: Uint8Array;
}

const SIDES = "inputSize=56";

/** Requests that are answered with a problem, or with what is rare, by the status. Those of the token, of time and of the end are not here. */
export function provocationsOf(
	description: ApiDescription,
	operation: Operation,
	flawed: Flawed,
): Readonly<Record<number, RawRequest>> {
	const { operationId, path, parameters = [], responses } = operation;
	const [plain] = plainRequests(description, operation, flawed);
	const [bare] = plain.target.split("?");
	const withQuery = (query: string): RawRequest => ({ ...plain, target: `${bare}?${query}` });
	const withId = (id: string, query = ""): RawRequest => ({
		...plain,
		target: path.replace("{id}", id).replace("{format}", "coco") + query,
	});
	const refused = { 403: { ...plain, headers: { ...plain.headers, origin: "http://other.example" } } };
	if (!path.startsWith("/v1/")) {
		return refused;
	}
	const common = { 400: withQuery("twice=1&twice=2"), ...refused };
	const notFound = {
		404: withId((path.startsWith("/v1/images/") ? flawed.imageIds : flawed.segmentationIds)[0].replaceAll(/./g, "0")),
	};
	const tooLong = { 413: { ...plain, headers: { ...plain.headers, "content-length": "9".repeat(12) } } };
	const otherType = { 415: { ...plain, headers: { "content-type": "text/plain" } } };
	const noImage = { 422: { ...plain, ...form(flawed.damaged) } };
	const body = (request: object): RawRequest => ({ ...plain, body: JSON.stringify(request) });
	const [imageId] = flawed.imageIds;
	switch (operationId) {
		case "sendImage":
			return { ...common, ...tooLong, ...otherType, ...noImage };
		case "segmentImage":
			return {
				...common,
				404: withQuery("model=none"),
				406: { ...plain, headers: { ...plain.headers, accept: "text/html" } },
				409: withQuery("model=dinov2-large"),
				...tooLong,
				...otherType,
				...noImage,
			};
		case "startSegmentation":
			return {
				...common,
				404: body({ imageId: "0".repeat(64) }),
				409: body({ imageId, options: { model: "dinov2-large" } }),
				...tooLong,
				...otherType,
			};
		case "followJob":
			return { ...common, ...notFound, 204: { ...plain, headers: { "last-event-id": "99999" } } };
		case "pullModel":
			return { ...common, 404: { ...plain, target: path.replace("{name}", "none") } };
	}
	if (parameters.some(({ name }) => name === "model")) {
		return {
			...common,
			...notFound,
			...("409" in responses ? { 409: withQuery("model=dinov2-large") } : {}),
			413: withId(flawed.stackId, `?${SIDES}&page=2`),
			415: withId(flawed.stackId, `?${SIDES}&page=3&nodata=0`),
			422: withId(flawed.damagedId, `?${SIDES}`),
		};
	}
	if (path.startsWith("/v1/segmentations/")) {
		const failing = Object.entries(flawed.failing).map(([status, id]) => [status, withId(id)]);
		return { ...common, ...notFound, ...Object.fromEntries(failing) };
	}
	return path.includes("{id}") ? { ...common, ...notFound } : common;
}
