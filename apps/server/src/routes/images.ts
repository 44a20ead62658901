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
import type { ServiceApp, Services } from "../app/services.ts";
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
		description: "float32, little-endian, (rows, cols, dim). The header Dinoseg-Shape has the shape, as JSON.",
		mediaType: "application/octet-stream",
	},
} as const;

const shapeHeader = z.object({
	"dinoseg-shape": z.string().openapi({ description: "JSON: rows, cols, dim and what else is known of the grid" }),
});

const fileRoute = (name: keyof typeof FILES) =>
	createRoute({
		method: "get",
		path: `/v1/images/{id}/${name}`,
		operationId: FILES[name].operationId,
		tags,
		summary: FILES[name].summary,
		description: FILES[name].description,
		request: { params, query: z.looseObject(optionsQuery) },
		responses: {
			200: binary([FILES[name].mediaType], "The bytes", name === "tokens" ? shapeHeader : undefined),
			...notModified,
			...problems(404, 409, 413, 415, 422),
		},
	});

/** Images come in, and what the network says of them goes out. */
export function addImages(app: ServiceApp, services: Services): void {
	const { images, jobs, segmentations, maxPixels } = services;

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
		name: keyof typeof FILES,
		segments: "regions" | undefined,
		make: (prepared: PreparedSegmentation, signal: AbortSignal) => Promise<MadeFile>,
	): void =>
		addRoute(app, fileRoute(name), async (context) => {
			const prepared = await prepare(readImageId(context), context.req.query(), segments);
			// The address does not name the model that the service has.
			const validator = { etag: etagOf(prepared.id, name), caching: "checked" } as const;
			const unchanged = answerUnchanged(context, validator);
			if (unchanged) {
				return unchanged;
			}
			const made = await make(prepared, context.req.raw.signal);
			const shape = made.facts === undefined ? {} : { "Dinoseg-Shape": JSON.stringify(made.facts) };
			return sendFile(context, made, FILES[name].mediaType, validator, shape);
		});

	add("superpixels.png", "regions", (prepared, signal) =>
		segmentations.file(prepared, { file: "superpixels.png" }, signal),
	);
	add("tree", "regions", (prepared, signal) => segmentations.file(prepared, { file: "tree.bin" }, signal));
	add("tokens", undefined, (prepared, signal) => segmentations.tokens(prepared, signal));
}

/** @throws DinosegError REQUEST_INVALID */
function readImageId(context: Context): string {
	const id = imageIdSchema.safeParse(context.req.param("id"));
	if (!id.success) {
		throw invalidRequest(`param.id: ${id.error.issues[0].message}.`, { at: ["param", "id"] });
	}
	return id.data;
}
