/** What requests and answers hold. */
import { SEGMENTS_SCHEMA_ID, segmentsJsonSchema } from "@dinoseg/core/labels";
import { z } from "@hono/zod-openapi";
import { exampleSegments } from "./example-segments.ts";
import { JOB_STATUSES } from "./job-status.ts";
import { optionsSchema } from "./options.ts";
import { PROBLEM_TYPE, problemSchema } from "./problems.ts";

const EXAMPLE_IMAGE_ID = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c";
const EXAMPLE_ID = "0f343b0931126a20f133d67c2b018a3b";

/** What is wrong with a value: said after its place. */
export function mustBe(allowed: string) {
	return ({ input }: { readonly input?: unknown }) => `must be ${allowed}, got ${JSON.stringify(input)}`;
}

/** sha256 of the bytes of an image. */
export const imageIdSchema = z
	.string()
	.regex(/^[0-9a-f]{64}$/, { error: mustBe("64 hexadecimal digits, as POST /v1/images answers") })
	.openapi({ description: "sha256 of the image's bytes", example: EXAMPLE_IMAGE_ID });

export const segmentationIdSchema = z
	.string()
	.regex(/^[0-9a-f]{32}$/, { error: mustBe("32 hexadecimal digits, as POST /v1/segmentations answers") })
	.openapi({ description: "The name of a segmentation, and of the job that makes it", example: EXAMPLE_ID });

export const jobIdSchema = z
	.string()
	.regex(/^([0-9a-f]{32}|pull-[a-z0-9-]{1,64})$/, {
		error: mustBe("32 hexadecimal digits, or pull- and the name of a model, as the answer with the job says"),
	})
	.openapi({ example: EXAMPLE_ID });

export const imageSchema = z
	.strictObject({
		id: imageIdSchema,
		width: z.int().min(1).openapi({ description: "Of the upright image, pixels" }),
		height: z.int().min(1),
		format: z.string().openapi({ example: "jpeg" }),
		pages: z.int().min(1).openapi({ description: "Pictures in the file" }),
		bytes: z.int().min(1),
	})
	.openapi("Image", {
		example: { id: EXAMPLE_IMAGE_ID, width: 900, height: 600, format: "jpeg", pages: 1, bytes: 184_320 },
	});

export const segmentationRequestSchema = z
	.strictObject({ imageId: imageIdSchema, options: optionsSchema.optional() })
	.openapi("SegmentationRequest", { example: { imageId: EXAMPLE_IMAGE_ID, options: { clusters: 5 } } });

export const jobSchema = z
	.strictObject({
		id: jobIdSchema,
		status: z.enum(JOB_STATUSES),
		error: problemSchema.optional().openapi({ description: "Why it failed" }),
	})
	.openapi("Job", { example: { id: EXAMPLE_ID, status: "queued" } });

const EXAMPLE_MODEL = { name: "tiny", state: "bundled", licence: "apache-2.0", isDefault: true } as const;

const modelSchema = z
	.strictObject({
		name: z.string().openapi({ example: "tiny" }),
		state: z.enum(["bundled", "cached", "absent"]).openapi({ description: "absent: to be pulled first" }),
		licence: z.string().nullable().openapi({ description: "of the weights; null where it is not known" }),
		isDefault: z.boolean().openapi({ description: "whether requests that name no model get it" }),
	})
	.openapi("Model", { example: EXAMPLE_MODEL });

export const modelsSchema = z.strictObject({ models: z.array(modelSchema) }).openapi("Models", {
	example: { models: [EXAMPLE_MODEL] },
});

export const healthSchema = z
	.strictObject({ status: z.enum(["ok", "stopping"]), version: z.string() })
	.openapi("Health", { example: { status: "ok", version: "0.1.0" } });

const { $schema: _, title: __, ...segmentsSchema } = segmentsJsonSchema();

/** Described here, and checked by core, which writes it. */
export const documentSchema = z.unknown().openapi("Segments", {
	...segmentsSchema,
	description: `What segments.json holds: ${SEGMENTS_SCHEMA_ID}`,
	example: exampleSegments(EXAMPLE_IMAGE_ID),
});

/** Headers of an answer, for the description of an address. */
const described = (name: string, description: string) => z.object({ [name]: z.string().openapi({ description }) });

export const location = described("location", "Address of what was made");
export const retryAfter = described("retry-after", "Seconds after which the request may succeed");
/** Those of a file for another tool. */
export const exportHeaders = z.object({
	"content-disposition": z.string().openapi({ description: "Name of the file" }),
	"dinoseg-warnings": z.string().optional().openapi({ description: "Codes of what the format could not hold" }),
});
const validator = described("etag", "The same bytes have the same");

/** Parts of the description of an address. */
export const json = <S extends z.ZodType>(schema: S, description: string, headers?: z.ZodObject) => ({
	description,
	content: { "application/json": { schema } },
	...(headers ? { headers } : {}),
});

/** JSON that is a file. */
export const jsonFile = <S extends z.ZodType>(schema: S, description: string) => json(schema, description, validator);

/** A body that is an image and nothing else. */
const anyBytes = { schema: z.string().openapi({ type: "string", format: "binary" }) };
export const imageBody = { "image/*": anyBytes, "application/octet-stream": anyBytes };

/** Bytes of a file. */
export const binary = (mediaTypes: readonly string[], description: string, headers?: z.ZodObject) => ({
	description,
	content: Object.fromEntries(
		mediaTypes.map((type) => [type, { schema: z.string().openapi({ type: "string", format: "binary" }) }]),
	),
	headers: headers ? validator.extend(headers.shape) : validator,
});

const PROBLEM_DESCRIPTIONS = {
	400: "The request, or an option of it, is wrong",
	401: "A token is missing or wrong",
	403: "The Host or the Origin is refused",
	404: "There is no such thing, or it has expired",
	406: "Nothing that the request accepts",
	408: "The body did not arrive in time",
	409: "Not in this state",
	413: "Too many bytes, parts or pixels",
	415: "A media type, or an image format, that is not read",
	422: "The image is damaged, or the work too long",
	500: "A fault of the service",
	503: "As much work as the service takes; Retry-After says when to come back",
} as const;

export type ProblemStatus = keyof typeof PROBLEM_DESCRIPTIONS;

/** Headers that problems have. */
const PROBLEM_HEADERS: Partial<Readonly<Record<ProblemStatus, z.ZodObject>>> = {
	401: described("www-authenticate", "How to send the token"),
	503: retryAfter,
};

/** Problem documents that an address can answer with. */
export const problemsOf = (...statuses: readonly ProblemStatus[]) =>
	Object.fromEntries(
		statuses.map((status) => [
			status,
			{
				description: PROBLEM_DESCRIPTIONS[status],
				content: { [PROBLEM_TYPE]: { schema: problemSchema } },
				...(PROBLEM_HEADERS[status] ? { headers: PROBLEM_HEADERS[status] } : {}),
			},
		]),
	);

/** Those of an address below /v1, beside the ones that all of them have. */
export const problems = (...statuses: readonly ProblemStatus[]) => problemsOf(400, 401, 403, 500, 503, ...statuses);

/** Nothing changed. */
export const notModified = {
	304: { description: "What If-None-Match names is still what it was", headers: validator },
};
