import { finished } from "node:stream";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { optionsQuery, readWanted } from "../api/options.ts";
import { invalidRequest } from "../api/problems.ts";
import {
	binary,
	imageBody,
	imageIdSchema,
	imageSchema,
	json,
	location,
	notModified,
	problems,
} from "../api/schemas.ts";
import type { ServiceApp, ServiceEnv, Services } from "../app/services.ts";
import { acceptImage } from "../uploads/accept-image.ts";
import { receiveUpload } from "../uploads/receive-upload.ts";
import type { MadeFile, PreparedSegmentation } from "../work/segmentations.ts";
import { addRoute } from "./add-route.ts";
import { answerUnchanged, etagOf, sendFile } from "./send-file.ts";

const params = z.object({ id: imageIdSchema });
const tags = ["images"];

const postRoute = createRoute({
	method: "post",
	path: "/v1/images",
	operationId: "sendImage",
	tags,
	summary: "Send an image",
	description: "As multipart/form-data with a part `image`, or as the body itself. The same bytes have the same id.",
	request: {
		body: {
			required: true,
			content: {
				"multipart/form-data": {
					schema: z.object({ image: z.string().openapi({ type: "string", format: "binary" }) }),
				},
				...imageBody,
			},
		},
	},
	responses: { 201: json(imageSchema, "The image is kept", location), ...problems(408, 413, 415, 422) },
});

const getRoute = createRoute({
	method: "get",
	path: "/v1/images/{id}",
	operationId: "getImage",
	tags,
	summary: "What is known of an image",
	request: { params },
	responses: { 200: json(imageSchema, "The image is kept"), ...problems(404) },
});

const deleteRoute = createRoute({
	method: "delete",
	path: "/v1/images/{id}",
	operationId: "deleteImage",
	tags,
	summary: "Forget an image",
	description: "Segmentations of it that are made already stay until they expire.",
	request: { params },
	responses: { 204: { description: "It is forgotten" }, ...problems(404) },
});

/** A file of an image. */
interface ImageFile {
	readonly operationId: string;
	readonly summary: string;
	readonly description: string;
	readonly mediaType: string;
	/** What the header Dinoseg-Shape holds. @default there is none */
	readonly shape?: string;
}

/** Files of an image, whatever its segmentation: for programs that go on from there. */
const FILES = {
	"superpixels.png": {
		operationId: "getSuperpixels",
		summary: "The superpixels of an image",
		description: "The superpixel of each pixel, as 16-bit grey; options of regions are parameters.",
		mediaType: "image/png",
	},
	tree: {
		operationId: "getRegionTree",
		summary: "The region tree of an image",
		description:
			"Little-endian: uint32 length of the JSON, the JSON `{leaves, dim}`, then float64 areas (leaves), uint32 merges (leaves - 1, 2), float32 heights (leaves - 1), float32 features (leaves, dim).",
		mediaType: "application/octet-stream",
	},
	tokens: {
		operationId: "getTokens",
		summary: "The token grid of an image",
		description:
			"float32, little-endian: the tokens (rows, cols, dim), after `repair` and `debias`, then the length of each before the last LayerNorm (rows, cols). The header Dinoseg-Shape has the shape and the model, as JSON.",
		mediaType: "application/octet-stream",
		shape: "JSON: rows, cols, dim and what else is known of the grid; model: name, digest, revision, dtype, bundled",
	},
	pixels: {
		operationId: "getPixels",
		summary: "The pixels of an image, as it is segmented",
		description:
			"uint8: red, green and blue (height, width, 3), upright sRGB; then, if `hasValid` is true in the header Dinoseg-Shape, 1 where the image has data and 0 where it has none (height, width). `bands`, `nodata`, `page` and `stretch` decide them; other options do not count.",
		mediaType: "application/octet-stream",
		shape:
			"JSON: width, height, hasValid, warnings and, where they are known, page, stretch, georeference and pixelSize, as in segments.json",
	},
} as const satisfies Readonly<Record<string, ImageFile>>;

type FileName = keyof typeof FILES;

const fileRoute = (name: FileName) => {
	const { operationId, summary, description, mediaType, shape }: ImageFile = FILES[name];
	const headers = shape && z.object({ "dinoseg-shape": z.string().openapi({ description: shape }) });
	return createRoute({
		method: "get",
		path: `/v1/images/{id}/${name}`,
		operationId,
		tags,
		summary,
		description,
		request: { params, query: z.looseObject(optionsQuery) },
		responses: {
			200: binary([mediaType], "The bytes", headers || undefined),
			...notModified,
			// Pixels need no model, and nobody but who waits for them can cancel them.
			...(name === "pixels" ? problems(404, 413, 415, 422) : problems(404, 409, 413, 415, 422)),
		},
	});
};

/** Images come in, and what the network says of them goes out. */
export function addImages(app: ServiceApp, services: Services): void {
	const { images, jobs, segmentations, pixels, maxPixels } = services;

	addRoute(app, postRoute, async (context) => {
		// While it arrives it has a place: who could not be served need not send it at all.
		const release = jobs.reserve();
		try {
			await using upload = await receiveUpload(context.env, context.req.raw.signal, services.uploads);
			const image = await acceptImage(upload, services);
			return context.json(image, 201, { Location: `/v1/images/${image.id}` });
		} finally {
			release();
		}
	});

	app.openapi(getRoute, async (context) => context.json(await images.get(context.req.valid("param").id), 200));

	app.openapi(deleteRoute, async (context) => {
		const { id } = await images.get(context.req.valid("param").id);
		await images.remove(id);
		return context.body(null, 204);
	});

	const prepare = async (id: string, query: Record<string, string>, segments?: "regions") => {
		const wanted = readWanted({ ...query, ...(segments ? { segments } : {}) }, { maxPixels });
		return segmentations.prepare(await images.get(id), wanted);
	};

	const add = (
		name: FileName,
		segments: "regions" | undefined,
		make: (prepared: PreparedSegmentation, signal: AbortSignal) => Promise<MadeFile>,
	): void =>
		addRoute(app, fileRoute(name), async (context) => {
			const prepared = await prepare(readImageId(context), context.req.query(), segments);
			return answer(context, name, prepared.id, () => make(prepared, context.req.raw.signal));
		});

	add("superpixels.png", "regions", (prepared, signal) =>
		segmentations.file(prepared, { file: "superpixels.png" }, signal),
	);
	add("tree", "regions", (prepared, signal) => segmentations.file(prepared, { file: "tree.bin" }, signal));
	add("tokens", undefined, (prepared, signal) => segmentations.tokens(prepared, signal));

	addRoute(app, fileRoute("pixels"), async (context) => {
		const { options } = readWanted(context.req.query(), { maxPixels });
		const prepared = pixels.prepare(await images.get(readImageId(context)), options);
		return answer(context, "pixels", prepared.id, async () => {
			// They take a place for as long as they are in memory, for a client may be slow.
			const release = jobs.reserve();
			finished(context.env.outgoing, release);
			try {
				return await pixels.decode(prepared, context.req.raw.signal);
			} catch (error) {
				release();
				throw error;
			}
		});
	});
}

/** Answer with a file, unless the client has it. @param id of all that decides it */
async function answer(
	context: Context<ServiceEnv>,
	name: FileName,
	id: string,
	make: () => Promise<MadeFile>,
): Promise<Response> {
	// The address does not name the model that the service has.
	const validator = { etag: etagOf(id, name), caching: "checked" } as const;
	const unchanged = answerUnchanged(context, validator);
	if (unchanged) {
		return unchanged;
	}
	const made = await make();
	const shape: Record<string, string> = made.facts === undefined ? {} : { "Dinoseg-Shape": headerJson(made.facts) };
	return sendFile(context, made, FILES[name].mediaType, validator, shape);
}

/** JSON of ASCII alone, as headers are. */
function headerJson(value: unknown): string {
	return JSON.stringify(value).replaceAll(
		/[^ -~]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}

/** @throws DinosegError REQUEST_INVALID */
function readImageId(context: Context): string {
	const id = imageIdSchema.safeParse(context.req.param("id"));
	if (!id.success) {
		throw invalidRequest(`param.id: ${id.error.issues[0].message}.`, { at: ["param", "id"] });
	}
	return id.data;
}
