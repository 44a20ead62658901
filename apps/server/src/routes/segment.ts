import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { checkOptions, optionsQuery, optionsSchema, readWanted } from "../api/options.ts";
import { OUTPUT_NAMES, OUTPUT_QUERY_KEYS, outputKind, wantedOutput } from "../api/outputs.ts";
import { invalidRequest } from "../api/problems.ts";
import { readJson } from "../api/read-json.ts";
import { binary, exportHeaders, imageBody, problems } from "../api/schemas.ts";
import type { ServiceApp, ServiceEnv, Services } from "../app/services.ts";
import { acceptImage } from "../uploads/accept-image.ts";
import { receiveUpload } from "../uploads/receive-upload.ts";
import { addRoute } from "./add-route.ts";
import { outputQuery, sendOutput } from "./segmentations.ts";

/** The field beside an image that holds options. */
const OPTIONS_FIELD = "options";

const madeHeaders = exportHeaders.partial().extend({
	"content-location": z.string().openapi({ description: "Address of the segmentation" }),
});

const route = createRoute({
	method: "post",
	path: "/v1/segment",
	operationId: "segmentImage",
	tags: ["segment"],
	summary: "One call: image in, the wanted file out",
	description: `The image is the body, or the part \`image\` of a form. \`format\` says what comes back, or Accept: ${OUTPUT_NAMES.map((name) => `\`${name}\` (${outputKind(name).description})`).join("; ")}. Options are parameters of the address, or JSON in the field \`options\` of the form.`,
	request: {
		query: z.looseObject({
			format: z
				.enum(OUTPUT_NAMES as [string, ...string[]])
				.optional()
				.openapi({ description: "What comes back; without it Accept decides, else labels" }),
			...outputQuery.shape,
			...optionsQuery,
		}),
		body: {
			required: true,
			content: {
				"multipart/form-data": {
					schema: z.object({
						image: z.string().openapi({ type: "string", format: "binary" }),
						options: optionsSchema.optional(),
					}),
				},
				...imageBody,
			},
		},
	},
	responses: {
		200: binary([...new Set(OUTPUT_NAMES.map((name) => outputKind(name).mediaType))], "The file", madeHeaders),
		...problems(404, 406, 408, 409, 413, 415, 422),
	},
});

/** Image in, the wanted file out. */
export function addSegment(app: ServiceApp, services: Services): void {
	const { jobs, segmentations, maxPixels } = services;
	addRoute(app, route, async (context) => {
		const { format, ...query } = context.req.query();
		const name = wantedOutput(context, format);
		const own: readonly string[] = OUTPUT_QUERY_KEYS;
		const written = Object.fromEntries(Object.entries(query).filter(([key]) => !own.includes(key)));
		// What is wrong with them is told before the image is sent.
		readWanted(written, { maxPixels });
		const release = jobs.reserve();
		try {
			const { image, wanted, fileName } = await receive(context, written);
			const prepared = await segmentations.prepare(image, wanted);
			const answer = await sendOutput(context, services, prepared, name, { fileName, release });
			answer.headers.set("Content-Location", `/v1/segmentations/${prepared.id}`);
			return answer;
		} finally {
			release();
		}
	});

	/** Nothing of the upload but the image is left when it returns. */
	const receive = async ({ env, req }: Context<ServiceEnv>, written: object) => {
		await using upload = await receiveUpload(env, req.raw.signal, services.uploads);
		const { fields, fileName } = upload;
		const wanted = readWanted({ ...written, ...readOptionsField(fields) }, { maxPixels });
		const image = await acceptImage(upload, services);
		return { image, wanted, fileName };
	};
}

function readOptionsField({
	[OPTIONS_FIELD]: text,
	...others
}: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
	const [unknown] = Object.keys(others);
	if (unknown !== undefined) {
		throw invalidRequest(
			`The form must have the image and at most a field "${OPTIONS_FIELD}", got ${JSON.stringify(unknown)} too.`,
			{ field: unknown },
		);
	}
	return text === undefined ? {} : checkOptions(readJson(text, `The field "${OPTIONS_FIELD}"`));
}
