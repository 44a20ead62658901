import { Validator } from "@seriousme/openapi-schema-validator";
import fc from "fast-check";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeTiff } from "../../../fixtures/tiff.ts";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { type ApiDescription, type Operation, pointerOf, readDescription } from "./support/api-description.ts";
import { expectDescribed, expectProblem, expectValid } from "./support/check-answer.ts";
import { plainRequests, requestsTo } from "./support/generate-requests.ts";
import { sendHalf } from "./support/half-sent.ts";
import { type Flawed, provocationsOf } from "./support/provoke.ts";
import { type RawAnswer, type RawRequest, sendRaw } from "./support/raw-request.ts";
import { startService, useService } from "./support/service.ts";

/** Requests to each operation. */
const RUNS = 12;
const MAX_PIXELS = 20_000;
const TOKEN = "a-token-that-nobody-guesses";

/** Where an address may be used, the token wanted, and what of it ends. */
const service = useService({ maxPixels: MAX_PIXELS, maxTokens: 200 });
const guarded = useService({ token: TOKEN, uploadSeconds: 1 });

const FAULT = { 500: "only a fault of the service" };
const CANCELLED = { ...FAULT, 409: "only the end of the service cancels what makes it" };

/** The operations, and the problems of each that no test can bring about, with the reason. */
const UNPROVOKED: Readonly<Record<string, Readonly<Record<number, string>>>> = {
	getHealth: FAULT,
	getReadiness: FAULT,
	getMetrics: FAULT,
	sendImage: FAULT,
	getImage: FAULT,
	deleteImage: FAULT,
	getSuperpixels: FAULT,
	getRegionTree: FAULT,
	getTokens: FAULT,
	getPixels: FAULT,
	startSegmentation: FAULT,
	getSegmentation: FAULT,
	getLabels: FAULT,
	getOverlay: CANCELLED,
	getConfidence: CANCELLED,
	getFigure: CANCELLED,
	getBorders: CANCELLED,
	getCutout: CANCELLED,
	exportSegmentation: CANCELLED,
	segmentImage: FAULT,
	getJob: FAULT,
	followJob: FAULT,
	cancelJob: FAULT,
	listModels: FAULT,
	pullModel: FAULT,
};
const OPERATIONS = Object.keys(UNPROVOKED);

let description: ApiDescription;
let flawed: Flawed;
beforeAll(async () => {
	description = readDescription(await service.json("/openapi.json"));
	flawed = await fill();
});

/** Give the service images and segmentations, some of which fail. */
async function fill(): Promise<Flawed> {
	const cat = await smallExample("cat.jpg");
	const flat = await sharp({ create: { width: 9, height: 7, channels: 3, background: "#369" } })
		.jpeg()
		.toBuffer();
	const grey = (width: number, height: number, value: number) => ({
		width,
		height,
		channels: 1,
		data: new Uint8Array(width * height).fill(value),
	});
	const images = [cat, flat];
	const imageIds = await Promise.all(images.map(service.send));
	const stackId = await service.send(encodeTiff([grey(8, 8, 90), grey(MAX_PIXELS / 100 + 1, 100, 90), grey(8, 8, 0)]));
	const damagedId = await service.send(cat.slice(0, cat.length / 2));
	const options = { inputSize: 56 };
	const segment = (id: string, more: object) => service.segment(id, { ...options, ...more });
	return {
		images,
		imageIds,
		stackId,
		damagedId,
		damaged: Uint8Array.from([...cat.slice(0, 20), ...new Uint8Array(40)]),
		segmentationIds: await Promise.all([
			segment(imageIds[0], { clusters: 3 }),
			segment(imageIds[0], { segments: "regions" }),
		]),
		failing: {
			413: await segment(stackId, { page: 2 }),
			415: await segment(stackId, { page: 3, nodata: 0 }),
			422: await segment(damagedId, {}),
		},
	};
}

const send = (request: RawRequest) => sendRaw(service.url, request);

/** What an answer has changed is as it was before; what it has begun has ended. */
async function putInOrder(operationId: string, { status, headers }: RawAnswer): Promise<void> {
	if (operationId === "deleteImage" && status === 204) {
		await Promise.all(flawed.images.map(service.send));
	}
	if (status === 202) {
		await (await service.fetch(`${headers.location}/events`)).text();
	}
}

/** Options with which a segmentation takes long enough that something else can happen. */
const SLOW = { inputSize: 182, clusters: "2..100", restarts: 100 };
const TURNS = 20;

/** Segmentations that nobody asked for before. */
let seed = 0;

/** Ask for a file of a segmentation, and cancel what makes it meanwhile. */
async function cancelled({ method, path }: Operation): Promise<RawAnswer> {
	const id = await service.segment(flawed.imageIds[0], { ...SLOW, seed: ++seed });
	const answer = send({ method, target: path.replace("{id}", id) });
	// Meanwhile the service finds out that it has to wait.
	for (let turn = 0; turn < TURNS; turn++) {
		await service.json(`/v1/jobs/${id}`);
	}
	await service.fetch(`/v1/jobs/${id}`, { method: "DELETE" });
	return answer;
}

describe("the description of the service", () => {
	it("is OpenAPI 3.1, whose references all go somewhere", async () => {
		const validator = new Validator();
		expect(await validator.validate(structuredClone(description.document))).toEqual({ valid: true });
		expect(validator.version).toBe("3.1");
		expect(() => validator.resolveRefs()).not.toThrow();
	});

	it("names every operation once, and says what it does and answers", () => {
		expect(description.operations.map(({ operationId }) => operationId).sort()).toEqual([...OPERATIONS].sort());
		for (const { operationId, summary, tags, responses } of description.operations) {
			expect(operationId).toMatch(/^[a-z]+[A-Z][A-Za-z]+$/);
			expect(summary, operationId).toMatch(/./);
			expect(tags, operationId).toHaveLength(1);
			expect(
				Object.keys(responses).filter((status) => status.startsWith("2")),
				operationId,
			).not.toEqual([]);
		}
	});

	it("has examples and defaults that fit", () => {
		for (const [name, { example }] of Object.entries(description.schemas)) {
			expectValid(description, pointerOf("components", "schemas", name), example);
		}
		const options = Object.entries(description.schemas["Options"].properties ?? {});
		const defaults = options.map(([key, schema]) => [key, schema.default]);
		expectValid(
			description,
			pointerOf("components", "schemas", "Options"),
			Object.fromEntries(defaults.filter(([, value]) => value !== undefined)),
		);
	});
});

describe("an operation", () => {
	it.each(OPERATIONS)("answers whatever it is asked as it is described: %s", async (id) => {
		const operation = description.operation(id);
		await fc.assert(
			fc.asyncProperty(requestsTo(description, operation, flawed), async (request) => {
				const answer = await send(request);
				expectDescribed(description, operation, answer, request.method);
				await putInOrder(id, answer);
			}),
			{ numRuns: RUNS },
		);
	});

	it.each(OPERATIONS)("answers with every status that it is described with: %s", async (id) => {
		const operation = description.operation(id);
		const seen = new Set<string>();
		const see = async (request: RawRequest, url = service.url): Promise<RawAnswer> => {
			const answer = await sendRaw(url, request);
			expectDescribed(description, operation, answer);
			await putInOrder(id, answer);
			seen.add(String(answer.status));
			return answer;
		};
		const plain = plainRequests(description, operation, flawed);
		for (const request of plain) {
			const { headers } = await see(request);
			if (headers.etag !== undefined) {
				await see({ ...request, headers: { ...request.headers, "if-none-match": headers.etag } });
			}
		}
		for (const [status, request] of Object.entries(provocationsOf(description, operation, flawed))) {
			expect([id, (await see(request)).status]).toEqual([id, Number(status)]);
		}
		if ("401" in operation.responses) {
			await see(plain[0], guarded.url);
		}
		if ("408" in operation.responses) {
			const length = { "content-length": "1000", authorization: `Bearer ${TOKEN}` };
			await see({ ...plain[0], headers: { ...plain[0].headers, ...length }, body: "" }, guarded.url);
		}
		if ("409" in operation.responses && !seen.has("409") && !("409" in UNPROVOKED[id])) {
			// Unless it was made before it could be cancelled.
			let answer = await cancelled(operation);
			while (answer.status === 200) {
				answer = await cancelled(operation);
			}
			expectDescribed(description, operation, answer);
			seen.add(String(answer.status));
		}
		// That of the end of the service is seen below.
		const answered = [...seen, ...Object.keys(UNPROVOKED[id]), ...("503" in operation.responses ? ["503"] : [])];
		expect(answered.sort()).toEqual(Object.keys(operation.responses).sort());
	});

	it("has no other methods than the description says", async () => {
		for (const path of new Set(description.operations.map((operation) => operation.path))) {
			const own = description.operations.filter((operation) => operation.path === path).map(({ method }) => method);
			const allowed = own.includes("GET") ? [...own, "HEAD"] : own;
			for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]) {
				if (!allowed.includes(method)) {
					const answer = await send({ method, target: path });
					expect(expectProblem(description, answer)).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
					expect(answer.headers.allow?.split(", ").sort(), path).toEqual(allowed.sort());
				}
			}
		}
	});

	it("is refused at the end of the service, unless it says how that is", async () => {
		await using ending = await startService();
		const [image] = flawed.images;
		const id = await ending.send(image);
		const halves = await Promise.all(
			description.operations.map(async (operation) => {
				const [request] = plainRequests(description, operation, flawed);
				return { operation, half: await sendHalf(ending.url, request) };
			}),
		);
		// What runs has a few seconds, and the service waits for it.
		await ending.segment(id, SLOW);
		const closed = ending.close();
		for (const { operation, answer } of await Promise.all(
			halves.map(async ({ operation, half }) => ({ operation, answer: await half.finish() })),
		)) {
			expectDescribed(description, operation, answer);
			const expected = "503" in operation.responses ? 503 : 200;
			expect([operation.operationId, answer.status]).toEqual([operation.operationId, expected]);
		}
		await closed;
	});
});
