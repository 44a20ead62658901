import type { HttpBindings } from "@hono/node-server";
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Logger } from "pino";
import type { Metrics } from "../metrics/metrics.ts";
import type { ImageStore } from "../store/images.ts";
import type { StudioFiles } from "../studio/studio-files.ts";
import type { Inspector } from "../uploads/inspector.ts";
import type { UploadContext } from "../uploads/receive-upload.ts";
import type { Jobs } from "../work/jobs.ts";
import type { Models } from "../work/models.ts";
import type { Pixels } from "../work/pixels.ts";
import type { Segmentations } from "../work/segmentations.ts";
import type { AccessRules } from "./access.ts";

/** Everything that the routes use. */
export interface Services {
	readonly images: ImageStore;
	readonly segmentations: Segmentations;
	readonly pixels: Pixels;
	readonly models: Models;
	/** The page in which people work with the service. */
	readonly studio: StudioFiles;
	readonly jobs: Jobs;
	readonly inspector: Inspector;
	readonly uploads: UploadContext;
	/** Pixels of an image. */
	readonly maxPixels: number;
	readonly metrics: Metrics;
	readonly log: Logger;
	readonly access: AccessRules;
	/** Whether requests are taken: true from the first model on, until the service is told to stop. */
	isReady(): boolean;
	/** Milliseconds, monotonic. */
	now(): number;
}

/** What middleware tells the handlers of a request. */
export interface ServiceEnv {
	/** The request and the answer as Node has them. */
	Bindings: HttpBindings;
	Variables: {
		/** Names the request in the log and in the answer. */
		requestId: string;
	};
}

/** The application that routes are added to. */
export type ServiceApp = OpenAPIHono<ServiceEnv>;
