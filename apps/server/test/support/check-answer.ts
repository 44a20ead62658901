import { tmpdir } from "node:os";
import { expect } from "vitest";
import { type ApiDescription, type Operation, pointerOf } from "./api-description.ts";
import type { RawAnswer } from "./raw-request.ts";

/** Every answer has them, whatever it says. */
const HEADERS_OF_ALL = [
	"content-security-policy",
	"cross-origin-embedder-policy",
	"cross-origin-opener-policy",
	"cross-origin-resource-policy",
	"referrer-policy",
	"x-content-type-options",
	"x-frame-options",
	"x-request-id",
];

/** An answer is one that the description of its operation has. @param method if it is not that of the operation */
export function expectDescribed(
	description: ApiDescription,
	operation: Operation,
	{ status, headers, body }: RawAnswer,
	method = operation.method,
): void {
	const described = operation.responses[status];
	expect(described, `status ${status} is not documented: ${body.subarray(0, 500)}`).toBeDefined();
	expectSafe({ status, headers, body });
	for (const [name, { required }] of Object.entries(described.headers ?? {})) {
		if (required) {
			expect(headers, `status ${status} has no header ${name}`).toHaveProperty([name]);
		}
	}
	if (described.content === undefined) {
		expect([headers["content-type"], body.length], `status ${status} has a body`).toEqual([undefined, 0]);
		return;
	}
	const type = (headers["content-type"] ?? "").split(";")[0];
	expect(Object.keys(described.content), `status ${status} has another media type`).toContain(type);
	if (method === "HEAD") {
		expect(body.length).toBe(0);
	} else if (/\bjson$/.test(type) && described.content[type].schema.format !== "binary") {
		const { path } = operation;
		const own = [operation.method.toLowerCase(), "responses", String(status), "content", type, "schema"];
		expectValid(description, pointerOf("paths", path, ...own), JSON.parse(body.toString()));
	} else if (type === "text/event-stream") {
		expectEvents(body.toString());
	}
}

/** Events come whole, and their number rises by one. */
function expectEvents(text: string): void {
	const events = [...text.matchAll(/event: ([\w-]+)\ndata: (.+)\nid: (\d+)\n\n/gy)];
	expect(events.map(([whole]) => whole).join(""), "something else than events").toBe(text);
	for (const [index, [, type, data, id]] of events.entries()) {
		expect(JSON.parse(data)).toMatchObject({ type });
		expect(Number(id)).toBe(Number(events[0][3]) + index);
	}
}

/** An answer to something that is no operation: a problem, as all are. */
export function expectProblem(description: ApiDescription, answer: RawAnswer): Record<string, unknown> {
	expect(answer.headers["content-type"]).toBe("application/problem+json");
	expectSafe(answer);
	const problem = JSON.parse(answer.body.toString());
	expectValid(description, pointerOf("components", "schemas", "Problem"), problem);
	return problem;
}

/** A value fits a schema of the document. */
export function expectValid(description: ApiDescription, pointer: string, value: unknown): void {
	const validate = description.validator(pointer);
	expect(validate(value) ? [] : validate.errors, `${pointer} does not fit ${JSON.stringify(value)}`).toEqual([]);
}

/** What holds for every answer of the service. */
function expectSafe({ status, headers, body }: RawAnswer): void {
	expect(Object.keys(headers), "a header of all answers is missing").toEqual(expect.arrayContaining(HEADERS_OF_ALL));
	if (status >= 500) {
		expect(status, `a fault: ${body}`).toBe(503);
		expect(headers["retry-after"]).toMatch(/^\d+$/);
	}
	if (headers["content-type"] !== "application/problem+json") {
		return;
	}
	const text = body.toString();
	for (const own of [tmpdir(), process.cwd(), "node_modules"]) {
		expect(text, "a problem names a path of the host").not.toContain(own);
	}
	if (text !== "") {
		expect(JSON.parse(text)).toMatchObject({ status });
	}
}
