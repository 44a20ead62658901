import { DinosegError } from "@dinoseg/core/errors";
import { EXPORT_FORMAT_NAMES } from "@dinoseg/core/labels/formats";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { checkOptions, readWanted } from "../api/options.ts";
import {
	checkOutputName,
	isFileName,
	OUTPUT_PARAMETERS,
	OUTPUT_QUERY_KEYS,
	type OutputName,
	outputKind,
	RESULT_KIND_NAMES,
	RESULT_KINDS,
	resultOutput,
} from "../api/outputs.ts";
import { invalidRequest } from "../api/problems.ts";
import { readJson } from "../api/read-json.ts";
import {
	binary,
	documentSchema,
	exportHeaders,
	imageIdSchema,
	jobSchema,
	json,
	jsonFile,
	location,
	mustBe,
	notModified,
	problems,
	segmentationIdSchema,
	segmentationRequestSchema,
} from "../api/schemas.ts";
import type { ServiceApp, ServiceEnv, Services } from "../app/services.ts";
import { askForBody } from "../uploads/ask-for-body.ts";
import { type FileFacts, type PreparedSegmentation, storedName } from "../work/segmentations.ts";
import { addRoute } from "./add-route.ts";
import { answerUnchanged, etagOf, sendFile } from "./send-file.ts";

const params = z.object({ id: segmentationIdSchema });
const tags = ["segmentations"];

/** What says more about a file for another tool. */
export const outputQuery = z.object(
	Object.fromEntries(
		Object.entries(OUTPUT_PARAMETERS).map(([key, description]) => [
			key,
			z.string().optional().openapi({ description }),
		]),
	) as Record<keyof typeof OUTPUT_PARAMETERS, z.ZodOptional<z.ZodString>>,
);

const postRoute = createRoute({
	method: "post",
	path: "/v1/segmentations",
	operationId: "startSegmentation",
	tags,
	summary: "Segment an image",
	description:
		"The same image with the same options is the same segmentation: it is made once. Its files can be asked for at once; they are answered when they are there.",
	request: { body: { required: true, content: { "application/json": { schema: segmentationRequestSchema } } } },
	responses: { 202: json(jobSchema, "It is made, or was before", location), ...problems(404, 409, 413, 415) },
});

const getRoute = createRoute({
	method: "get",
	path: "/v1/segmentations/{id}",
	operationId: "getSegmentation",
	tags,
	summary: "All that is known of a segmentation: segments.json",
	request: { params },
	responses: {
		200: jsonFile(documentSchema, "segments.json"),
		...notModified,
		...problems(404, 409, 413, 415, 422),
	},
});

/** Of a request. */
const MOST_JSON_BYTES = 65_536;

/** What is checked at once; `readWanted` checks the options. */
const readSchema = z.strictObject({ imageId: imageIdSchema, options: z.unknown().optional() });

/** Those that are files of their own below a segmentation. */
const FILE_NAMES = RESULT_KIND_NAMES.filter((name) => name !== "segments");

const exportRoute = createRoute({
	method: "get",
	path: "/v1/segmentations/{id}/export/{format}",
	operationId: "exportSegmentation",
	tags,
	summary: "A segmentation for another tool",
	description: `${EXPORT_FORMAT_NAMES.map((name) => `\`${name}\`: ${outputKind(name).description}`).join("; ")}. What is a folder comes as a zip.`,
	request: {
		params: z.object({
			id: segmentationIdSchema,
			format: z.enum(EXPORT_FORMAT_NAMES as [string, ...string[]], {
				error: mustBe(`one of ${EXPORT_FORMAT_NAMES.join(", ")}`),
			}),
		}),
		query: outputQuery,
	},
	responses: {
		200: binary([...new Set(EXPORT_FORMAT_NAMES.map((name) => outputKind(name).mediaType))], "The file", exportHeaders),
		...notModified,
		...problems(404, 409, 413, 415, 422),
	},
});

/** Segmentations are asked for, and their files had. */
export function addSegmentations(app: ServiceApp, services: Services): void {
	const { images, segmentations, maxPixels } = services;

	app.use("/v1/segmentations", bodyLimit({ maxSize: MOST_JSON_BYTES, onError: refuseLong }));
	addRoute(app, postRoute, async (context) => {
		const { imageId, options = {} } = await readRequest(context);
		const wanted = readWanted(checkOptions(options), { maxPixels });
		const prepared = await segmentations.prepare(await images.get(imageId), wanted);
		const { id } = prepared;
		const status = (await segmentations.isDone(id)) ? "done" : (await segmentations.start(prepared)).status;
		return context.json({ id, status }, 202, { Location: `/v1/jobs/${id}` });
	});

	app.openapi(getRoute, async (context) => {
		const { id } = context.req.valid("param");
		return sendKnown(context, services, id, "segments");
	});

	for (const name of FILE_NAMES) {
		const { mediaType, description, ...kind } = RESULT_KINDS[name];
		const file = "file" in kind ? kind.file : `${name}.png`;
		const route = createRoute({
			method: "get",
			path: `/v1/segmentations/{id}/${file}`,
			operationId: `get${capital(name)}`,
			tags,
			summary: capital(description),
			request: { params, ...(name === "cutout" ? { query: outputQuery.pick({ pick: true }) } : {}) },
			responses: { 200: binary([mediaType], "The file"), ...notModified, ...problems(404, 409, 413, 415, 422) },
		});
		app.openapi(route, async (context) => sendKnown(context, services, context.req.valid("param").id, name));
	}

	app.openapi(exportRoute, async (context) => {
		const { id, format } = context.req.valid("param");
		return sendKnown(context, services, id, checkOutputName(format, EXPORT_FORMAT_NAMES));
	});
}

/** Send a file of a segmentation that was asked for before. */
async function sendKnown(
	context: Context<ServiceEnv>,
	services: Pick<Services, "segmentations">,
	id: string,
	name: OutputName,
): Promise<Response> {
	const known: readonly string[] = OUTPUT_QUERY_KEYS;
	const unknown = Object.keys(context.req.query()).find((key) => !known.includes(key));
	if (unknown !== undefined) {
		throw invalidRequest(`unknown parameter ${JSON.stringify(unknown)}. Known are ${known.join(", ")}.`, {
			parameter: unknown,
		});
	}
	return sendOutput(context, services, { id }, name);
}

/**
 * Send a file of a segmentation, as the address of the request says; it is made if it is not there.
 *
 * @param known with its request where it was read already.
 * @param given what the client calls the photograph, for exports, and what gives its place in the queue back.
 */
export async function sendOutput(
	context: Context<ServiceEnv>,
	{ segmentations }: Pick<Services, "segmentations">,
	known: Pick<PreparedSegmentation, "id"> & Partial<PreparedSegmentation>,
	name: OutputName,
	{ fileName, release }: { readonly fileName?: string | undefined; readonly release?: () => void } = {},
): Promise<Response> {
	const given = Object.fromEntries(OUTPUT_QUERY_KEYS.map((key) => [key, context.req.query(key)]));
	const isExport = (EXPORT_FORMAT_NAMES as readonly string[]).includes(name);
	const own = fileName !== undefined && isFileName(fileName) ? fileName : undefined;
	const output = resultOutput(name, isExport ? { ...given, file: given["file"] ?? own } : given);
	const validator = { etag: etagOf(known.id, storedName(output)), caching: "forever" } as const;
	const unchanged = answerUnchanged(context, validator);
	if (unchanged) {
		return unchanged;
	}
	const prepared = known.request ? { id: known.id, request: known.request } : await segmentations.known(known.id);
	const made = await segmentations.file(prepared, output, context.req.raw.signal, release);
	return sendFile(context, made, outputKind(name).mediaType, validator, headersOf(made.facts as FileFacts | undefined));
}

/** The name of a file that is made for another tool, and what it could not hold. */
function headersOf(facts: FileFacts | undefined): Record<string, string> {
	if (facts === undefined) {
		return {};
	}
	const { fileName, warnings } = facts;
	return {
		"Content-Disposition": `attachment; filename="${fileName}"`,
		...(warnings.length > 0 ? { "Dinoseg-Warnings": warnings.map(({ code }) => code).join(", ") } : {}),
	};
}

function refuseLong(): never {
	throw new DinosegError("UPLOAD_TOO_LARGE", `The body must have at most ${MOST_JSON_BYTES} bytes.`, {
		details: { maxBytes: MOST_JSON_BYTES },
	});
}

/** @throws DinosegError MEDIA_TYPE_UNSUPPORTED, REQUEST_INVALID */
async function readRequest(context: Context<ServiceEnv>): Promise<z.infer<typeof readSchema>> {
	const type = context.req.header("content-type") ?? "";
	if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
		throw new DinosegError(
			"MEDIA_TYPE_UNSUPPORTED",
			`Content-Type must be application/json, got ${JSON.stringify(type)}.`,
			{ details: { contentType: type } },
		);
	}
	askForBody(context.env);
	const read = readSchema.safeParse(readJson(await context.req.text(), "The body"));
	if (!read.success) {
		const [{ path, message }] = read.error.issues;
		throw invalidRequest(`${["body", ...path].map(String).join(".")}: ${message}.`, { at: path.map(String) });
	}
	return read.data;
}

function capital(text: string): string {
	return text[0].toUpperCase() + text.slice(1);
}
