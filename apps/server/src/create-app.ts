import { randomUUID } from "node:crypto";
import { DinosegError, isDinosegError } from "@dinoseg/core/errors";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import { invalidRequest, isFault, PROBLEM_TYPE, type Problem, problemOf, unknownResource } from "./api/problems.ts";
import { allowOrigins, checkOrigin, checkToken } from "./app/access.ts";
import { checkAddress } from "./app/check-address.ts";
import { followRequests } from "./app/follow-requests.ts";
import type { ServiceApp, ServiceEnv, Services } from "./app/services.ts";
import { addDocumentation, describeApi } from "./routes/documentation.ts";
import { addHealth } from "./routes/health.ts";
import { addImages } from "./routes/images.ts";
import { addJobs } from "./routes/jobs.ts";
import { addModels } from "./routes/models.ts";
import { addSegment } from "./routes/segment.ts";
import { addSegmentations } from "./routes/segmentations.ts";
import { addStudio } from "./routes/studio.ts";

/** Addresses that say nothing about anybody's images: machines that watch the service have no token. */
const OPEN_PATHS: readonly string[] = ["/", "/healthz", "/readyz", "/openapi.json", "/docs"];

/** Make the HTTP application. It holds nothing of its own. */
export function createApp(services: Services): ServiceApp {
	const { access, log } = services;
	const app: ServiceApp = new OpenAPIHono<ServiceEnv>({
		defaultHook: (result) => {
			if (!result.success) {
				const [issue] = result.error.issues;
				const at = [result.target, ...issue.path].map(String);
				throw invalidRequest(`${at.join(".")}: ${issue.message}.`, { at });
			}
		},
	});

	const answerProblem = (thrown: unknown, context: Context<ServiceEnv>): Response => {
		const error = ofFramework(thrown) ?? ofClient(thrown, context) ?? thrown;
		const problem = problemOf(error);
		const requestId = context.get("requestId");
		if (isFault(problem)) {
			log.error({ requestId, err: error }, "a request failed by a fault of the service");
		}
		if (problem.status === 503) {
			context.header("Retry-After", String(services.jobs.retryAfterSeconds()));
		}
		// What is left of a body that nobody reads would be taken for the next request.
		if (!context.env.incoming.complete) {
			context.header("Connection", "close");
		}
		context.header("Cache-Control", "no-store");
		return context.body(JSON.stringify(problem satisfies Problem), problem.status, { "Content-Type": PROBLEM_TYPE });
	};

	app.onError(answerProblem);
	app.notFound((context) =>
		answerProblem(unknownResource(`address ${context.req.path}`, "GET /openapi.json has all addresses."), context),
	);

	app.use(async (context, next) => {
		context.set("requestId", randomUUID());
		await next();
		context.header("X-Request-Id", context.get("requestId"));
	});
	app.use(followRequests(services));
	app.use(
		secureHeaders({
			contentSecurityPolicy: {
				defaultSrc: ["'self'"],
				scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
				styleSrc: ["'self'"],
				imgSrc: ["'self'", "data:", "blob:"],
				objectSrc: ["'none'"],
				baseUri: ["'none'"],
				formAction: ["'self'"],
				frameAncestors: ["'none'"],
			},
			xFrameOptions: "DENY",
			referrerPolicy: "no-referrer",
			crossOriginResourcePolicy: access.origins.length > 0 ? "cross-origin" : "same-origin",
			// Shared memory in a page's workers needs both.
			crossOriginOpenerPolicy: "same-origin",
			crossOriginEmbedderPolicy: "require-corp",
			strictTransportSecurity: false,
		}),
	);
	app.use(allowOrigins(access));
	app.use(checkOrigin(access));
	const askToken = checkToken(access);
	app.use((context, next) => {
		const { path } = context.req;
		const isOpen = OPEN_PATHS.includes(path) || path.startsWith("/docs/") || services.studio.has(path);
		return isOpen ? next() : askToken(context, next);
	});
	app.use("/v1/*", checkAddress);
	app.use("/v1/*", async (_context, next) => {
		if (!services.isReady()) {
			throw new DinosegError(
				"SERVICE_STOPPING",
				"The service does not take requests now. Send the request again later.",
			);
		}
		await next();
	});
	app.use(
		methodNotAllowed({
			app,
			onMethodNotAllowed(context, allowed) {
				const { method, path } = context.req;
				context.header("Allow", allowed.join(", "));
				const message = `${path} does not answer ${method}, but ${allowed.join(", ")}.`;
				return answerProblem(new DinosegError("METHOD_NOT_ALLOWED", message, { details: { allowed } }), context);
			},
		}),
	);

	// In the order in which the description lists them.
	addSegment(app, services);
	addImages(app, services);
	addSegmentations(app, services);
	addJobs(app, services);
	addModels(app, services);
	addHealth(app, services);
	addDocumentation(app);
	addStudio(app, services);
	describeApi(app);
	return app;
}

/** What reading a request throws whose client has gone. */
function ofClient(thrown: unknown, context: Context): DinosegError | undefined {
	return context.req.raw.signal.aborted && !isDinosegError(thrown)
		? new DinosegError("ABORTED", "The client went away.", { cause: thrown })
		: undefined;
}

/** What the framework throws of its own, such as for malformed JSON. */
function ofFramework(thrown: unknown): DinosegError | undefined {
	return thrown instanceof HTTPException && thrown.status < 500
		? invalidRequest(thrown.message === "" ? "The request cannot be read." : `${thrown.message}.`)
		: undefined;
}
