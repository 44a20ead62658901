import fc from "fast-check";
import type { ApiDescription, JsonSchema, Operation, Parameter } from "./api-description.ts";
import {
	encodeText,
	FEW,
	STRANGE_JSON,
	strangeEncodings,
	strangeHeaders,
	strangeTexts,
	strangeValues,
	valuesOf,
} from "./generate-values.ts";
import type { RawRequest } from "./raw-request.ts";

/** What a service has. */
export interface Existing {
	readonly imageIds: readonly string[];
	readonly segmentationIds: readonly string[];
	/** Bytes of the images, in their order. */
	readonly images: readonly Uint8Array[];
}

/** Sides of a network's input with which it takes milliseconds. */
const SMALL_INPUTS = [28, 42, 56] as const;
type SentBody = Pick<RawRequest, "headers" | "body">;

const BOUNDARY = "a-boundary";

/** Requests to an operation: right ones, and wrong ones of all kinds. */
export function requestsTo(
	description: ApiDescription,
	operation: Operation,
	existing: Existing,
): fc.Arbitrary<RawRequest> {
	const { method, parameters = [], requestBody } = operation;
	return fc
		.record({
			path: paths(description, operation, existing),
			query: queries(
				description,
				parameters.filter((parameter) => parameter.in === "query"),
			),
			sent: requestBody === undefined ? fc.constant<SentBody>({}) : bodies(description, requestBody.content, existing),
			headers: fc.record(
				{ accept: strangeHeaders, "if-none-match": strangeHeaders, "last-event-id": strangeHeaders },
				{ requiredKeys: [] },
			),
			isStrange: rarely(fc.constant(true), false),
			isHead: rarely(fc.constant(true), false),
		})
		.map(({ path, query, sent, headers, isStrange, isHead }) => ({
			method: isHead && method === "GET" ? "HEAD" : method,
			target: query === "" ? path : `${path}?${query}`,
			...sent,
			headers: { ...sent.headers, ...(isStrange ? headers : {}) },
		}));
}

/** The request of somebody who makes no mistake and wants nothing special, for each thing that exists. */
export function plainRequests(
	description: ApiDescription,
	{ method, path, parameters = [], requestBody }: Operation,
	existing: Existing,
): readonly RawRequest[] {
	const query = parameters.some(({ name }) => name === "inputSize") ? `?inputSize=${SMALL_INPUTS[2]}` : "";
	const targets = idsOf(path, existing).flatMap((id) => {
		const named = parameters.filter((parameter) => parameter.in === "path" && parameter.name !== "id");
		const values = named.flatMap(({ name, schema }) =>
			(schema.enum ?? [schema.example]).map((value) => [name, String(value)] as const),
		);
		const base = path.replace("{id}", id);
		return values.length === 0 ? [base] : values.map(([name, value]) => base.replace(`{${name}}`, value));
	});
	const [imageId] = existing.imageIds;
	return targets.flatMap((target): RawRequest[] => {
		const request = { method, target: target + query };
		return requestBody === undefined
			? [request]
			: Object.entries(requestBody.content).map(([type, { schema }]) => {
					if (type === "application/json") {
						const example = description.resolve(schema).example as object;
						const options = { inputSize: SMALL_INPUTS[2], clusters: 2 };
						return { ...request, ...jsonBody(JSON.stringify({ ...example, imageId, options })) };
					}
					const [image] = existing.images;
					return { ...request, ...(type === "multipart/form-data" ? form(image) : bytes(image, type)) };
				});
	});
}

/** Ids that a path can have. */
export function idsOf(path: string, { imageIds, segmentationIds }: Existing): readonly string[] {
	return path.startsWith("/v1/images/") ? imageIds : path.includes("{id}") ? segmentationIds : [""];
}

/** An image in a form. */
export function form(image: Uint8Array, fields: Readonly<Record<string, string>> = {}): SentBody & { body: Buffer } {
	const part = (name: string, more: string) =>
		`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`;
	const texts = Object.entries(fields).map(([name, value]) => `${part(name, "")}${value}\r\n`);
	const head = `${texts.join("")}${part("image", '; filename="photo.png"')}`;
	return {
		headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` },
		body: Buffer.concat([Buffer.from(head), image, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]),
	};
}

/** Mostly not. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> {
	return fc.oneof({ weight: 5, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary });
}

function paths(description: ApiDescription, operation: Operation, existing: Existing): fc.Arbitrary<string> {
	const { path, parameters = [] } = operation;
	const named = parameters.filter((parameter) => parameter.in === "path");
	const values = named.map(({ name, schema }) => {
		const texts = valuesOf(description, schema).map((value) => encodeText(String(value)));
		const examples =
			name === "id" ? idsOf(path, existing) : [schema.example].filter((example) => example !== undefined);
		const known = examples.length > 0 ? fc.constantFrom(...examples.map(String)) : texts;
		return (
			fc
				.oneof(
					{ weight: 6, arbitrary: known },
					{ weight: 1, arbitrary: texts },
					{ weight: 1, arbitrary: strangeEncodings },
				)
				// Other addresses than that of the operation.
				.filter((text) => text !== "" && !/^(\.|%2e){1,2}$/i.test(text) && !text.includes("/"))
		);
	});
	return fc
		.tuple(...values)
		.map((texts) => texts.reduce((given, text, index) => given.replace(`{${named[index].name}}`, () => text), path));
}

function queries(description: ApiDescription, parameters: readonly Parameter[]): fc.Arbitrary<string> {
	const pair = (key: string, text: fc.Arbitrary<string>) => text.map((value) => `${key}=${value}`);
	const valid = (schema: JsonSchema) => valuesOf(description, schema).map((value) => encodeText(String(value)));
	const pairs = parameters.map(({ name, schema }) => {
		const small = { weight: 6, arbitrary: fc.constantFrom(...SMALL_INPUTS).map(String) };
		return pair(name, name === "inputSize" ? fc.oneof(small, valid(schema)) : valid(schema));
	});
	const names = ["unknown", "__proto__", "%FF", ...parameters.map(({ name }) => name)];
	const strange = fc.array(
		fc.oneof(
			fc.tuple(fc.constantFrom(...names), strangeEncodings).map(([key, value]) => `${key}=${value}`),
			strangeEncodings,
		),
		{ minLength: 1, maxLength: 3 },
	);
	// Few at a time: what is wrong with one would hide the others.
	const right = fc.subarray(pairs, { maxLength: Math.min(FEW, pairs.length) }).chain((few) => {
		const always = pairs.filter((each, index) => parameters[index].name === "inputSize" && !few.includes(each));
		return fc.tuple(...always, ...few);
	});
	return fc.tuple(right, rarely(strange, [])).map(([given, wrong]) => [...given, ...wrong].join("&"));
}

function bodies(
	description: ApiDescription,
	content: Readonly<Record<string, { readonly schema: JsonSchema }>>,
	{ images, imageIds }: Existing,
): fc.Arbitrary<SentBody> {
	const image = fc.constantFrom(...images);
	const right = Object.entries(content).map(([type, { schema }]): fc.Arbitrary<SentBody> => {
		if (type === "application/json") {
			return fc
				.tuple(valuesOf(description, schema), fc.constantFrom(...imageIds), fc.constantFrom(...SMALL_INPUTS))
				.map(([value, imageId, inputSize]) => {
					const { options, ...others } = value as { readonly options?: object };
					return jsonBody(JSON.stringify({ ...others, imageId, options: { ...options, inputSize } }));
				});
		}
		const { options } = description.resolve(schema).properties ?? {};
		const fields = options
			? fc.record({ options: valuesOf(description, options).map((value) => JSON.stringify(value)) })
			: fc.constant({});
		return type === "multipart/form-data"
			? fc.tuple(image, rarely(fields, {})).map(([each, given]) => form(each, given))
			: image.map((each) => bytes(each, type));
	});
	const types = fc.oneof(
		fc.constantFrom("", "text/plain", "multipart/form-data", `multipart/form-data; boundary=${BOUNDARY}`),
		fc.constantFrom(...Object.keys(content), "application/json; charset=utf-16", "application/x+json"),
		strangeHeaders,
	);
	const texts = fc.oneof(
		fc.constantFrom("", "{", "[]", "null", "\ufeff{}", ...STRANGE_JSON),
		fc.constantFrom(...STRANGE_JSON).map((options) => `{"imageId":"${imageIds[0]}","options":${options}}`),
		strangeValues.map((value) => JSON.stringify(value)),
		fc
			.tuple(fc.constantFrom("imageId", "options", "more"), strangeValues)
			.map(([key, value]) => JSON.stringify({ imageId: imageIds[0], [key]: value })),
	);
	const strange = fc.oneof<fc.Arbitrary<SentBody>[]>(
		fc.tuple(types, fc.oneof(texts, image, fc.uint8Array({ maxLength: 200 }))).map(([type, body]) => ({
			headers: { "content-type": type },
			body,
		})),
		texts.map(jsonBody),
		fc.tuple(image, fc.double({ min: 0, max: 1, noNaN: true })).map(([each, share]) => {
			const whole = form(each);
			return { ...whole, body: whole.body.subarray(0, Math.floor(share * whole.body.length)) };
		}),
		fc
			.tuple(image, fc.constantFrom("options", "image", "more"), strangeTexts)
			.map(([each, name, text]) => form(each, { [name]: text })),
	);
	return fc.oneof({ weight: 2, arbitrary: fc.oneof(...right) }, { weight: 1, arbitrary: strange });
}

function jsonBody(body: string): SentBody {
	return { headers: { "content-type": "application/json" }, body };
}

function bytes(body: Uint8Array, type: string): SentBody {
	return { headers: { "content-type": type.replace("*", "png") }, body };
}
