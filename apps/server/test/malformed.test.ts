import { connect } from "node:net";
import { createRandom, type Random } from "@dinoseg/core";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { below, changeBytes, fuzzJson, pick } from "../../../fixtures/fuzz.ts";
import { smallExample } from "../../../packages/node/test/support/small-example.ts";
import { useService } from "./support/service.ts";

const RUNS = Number(process.env["DINOSEG_FUZZ_RUNS"] ?? 150);
/** Requests at the same time. */
const AT_ONCE = 64;
/** For which an answer is waited for, milliseconds. */
const PATIENCE_MS = 15_000;
const SEED = 18;

const service = useService({ uploadSeconds: 2, jobSeconds: 20, maxPixels: 200_000, maxTokens: 400, maxQueue: 64 });
const png = await smallExample("cat.jpg");
const images: readonly Uint8Array[] = [
	png,
	...(await Promise.all([
		sharp(png).jpeg().toBuffer(),
		sharp(png).webp().toBuffer(),
		sharp(png).gif().toBuffer(),
		sharp(png).tiff().toBuffer(),
	])),
];

const text = (value: string): Buffer => Buffer.from(value, "latin1");
const noise = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => below(random, 256)));

const PATHS = ["/v1/segment?inputSize=56&clusters=2", "/v1/images"];
const HOSTILE_PATHS = [
	"/v1/images/../../etc/passwd",
	"/v1/images/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
	"/v1/segmentations/%00/labels.png",
	"/docs/../../package.json",
	"/docs/%2e%2e/index.js",
	"/v1/jobs/__proto__/events",
	"/v1/segmentations/constructor",
	"//example.org/v1/models",
	"http://example.org/v1/models",
	"/v1/models/..%2Fx/pull",
	`/${"a/".repeat(3000)}`,
	`/v1/models?${"x=1&".repeat(3000)}`,
	"/v1/images/%ff%fe",
	"*",
	"/%",
	"/v1/segment?format=%E0%A4%A",
];
const TYPES = [
	"multipart/form-data; boundary=b",
	"multipart/form-data",
	"multipart/form-data; boundary=",
	'multipart/form-data; boundary="',
	"image/png",
	"application/json",
	"application/octet-stream",
	"text/plain",
	"a/b; c=d; e",
	"",
];

function head(method: string, path: string, headers: Readonly<Record<string, string | number>>): Buffer {
	const lines = Object.entries({ Host: "localhost", Connection: "close", ...headers });
	return text(`${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
}

function form(image: Uint8Array, options: Uint8Array): Buffer {
	return Buffer.concat([
		text('--b\r\nContent-Disposition: form-data; name="options"\r\n\r\n'),
		options,
		text(
			'\r\n--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n',
		),
		image,
		text("\r\n--b--\r\n"),
	]);
}

function post(path: string, type: string, body: Uint8Array): Buffer {
	return Buffer.concat([head("POST", path, { "Content-Type": type, "Content-Length": body.length }), body]);
}

/** Requests that are wrong in one way or another. */
const KINDS: Readonly<Record<string, (random: Random) => Uint8Array>> = {
	"damaged images": (random) => {
		let image = pick(random, images);
		for (let change = below(random, 4); change >= 0; change--) {
			image = changeBytes(image, random);
		}
		return post(pick(random, PATHS), "image/png", image);
	},
	"damaged forms": (random) => {
		const body = form(pick(random, images).subarray(0, 200), text('{"clusters":2}'));
		return post(pick(random, PATHS), "multipart/form-data; boundary=b", changeBytes(body, random));
	},
	"damaged options in forms": (random) =>
		post(
			"/v1/segment?inputSize=56",
			"multipart/form-data; boundary=b",
			form(png, fuzzJson('{"clusters":3,"median":5,"smooth":"guided","segments":"clusters"}', random)),
		),
	"damaged JSON": (random) =>
		post(
			"/v1/segmentations",
			"application/json",
			fuzzJson(`{"imageId":"${"0".repeat(64)}","options":{"clusters":3,"layer":"-1","model":"tiny"}}`, random),
		),
	"other media types": (random) => post(pick(random, PATHS), pick(random, TYPES), noise(random, below(random, 300))),
	"hostile paths": (random) =>
		head(pick(random, ["GET", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH"]), pick(random, HOSTILE_PATHS), {
			"Content-Length": 0,
		}),
	"damaged heads": (random) =>
		Buffer.from(
			changeBytes(
				head("GET", "/v1/models", {
					Accept: "*/*",
					"If-None-Match": '"a"',
					Authorization: "Bearer x",
					"Last-Event-ID": "1",
				}),
				random,
			),
		),
	"wrong lengths": (random) =>
		Buffer.concat([
			head("POST", pick(random, PATHS), {
				"Content-Type": "image/png",
				"Content-Length": pick(random, [-1, 1e12, "abc", "1, 2", png.length + 5, png.length - 5, "0x10"]),
			}),
			png,
		]),
	"damaged chunks": (random) =>
		Buffer.concat([
			head("POST", pick(random, PATHS), { "Content-Type": "image/png", "Transfer-Encoding": "chunked" }),
			changeBytes(Buffer.concat([text(`${png.length.toString(16)}\r\n`), png, text("\r\n0\r\n\r\n")]), random),
		]),
	noise: (random) => noise(random, 1 + below(random, 500)),
};

/** How a request reaches the service: at once, in two halves, without its end, or with a client that goes away. */
const MANNERS = ["whole", "whole", "halves", "half-closed", "gone"] as const;

/** The statuses that were answered on one connection. */
function exchange(bytes: Uint8Array, manner: (typeof MANNERS)[number], random: Random): Promise<number[]> {
	return new Promise((resolve) => {
		const { hostname, port } = new URL(service.url);
		const half = below(random, bytes.length);
		const received: Buffer[] = [];
		const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }, () => {
			if (manner === "whole") {
				socket.write(bytes);
			} else {
				socket.write(bytes.subarray(0, half), () => {
					if (manner === "halves") {
						setImmediate(() => socket.write(bytes.subarray(half)));
					} else if (manner === "half-closed") {
						socket.end();
					} else {
						socket.destroy();
					}
				});
			}
		});
		socket.setTimeout(PATIENCE_MS, () => socket.destroy());
		socket.on("data", (chunk: Buffer) => void received.push(chunk));
		socket.on("end", () => socket.end());
		socket.on("error", () => undefined);
		socket.on("close", () => {
			const answers = Buffer.concat(received).toString("latin1");
			resolve([...answers.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status)));
		});
	});
}

describe("malformed requests", () => {
	it(`never make the service fail: ${RUNS}`, { timeout: 60_000 + 100 * RUNS }, async () => {
		const seen: Record<string, Record<string, number>> = {};
		const names = Object.keys(KINDS);
		let next = 0;
		const client = async (): Promise<void> => {
			while (next < RUNS) {
				const run = next++;
				const random = createRandom(SEED + run);
				const name = names[run % names.length];
				const statuses = await exchange(KINDS[name](random), pick(random, MANNERS), random);
				for (const status of statuses.length === 0 ? ["none"] : statuses) {
					seen[name] ??= {};
					seen[name][status] = (seen[name][status] ?? 0) + 1;
					if (typeof status === "number" && status >= 500 && status !== 503) {
						throw new Error(`${name}, run ${run}: answered with ${status}.`);
					}
				}
			}
		};
		await Promise.all(Array.from({ length: AT_ONCE }, client));

		expect(service.log.filter(({ level }) => level >= 50)).toEqual([]);
		expect((await service.fetch("/readyz")).status).toBe(200);
		// Each kind reached the service, and was refused.
		expect(Object.keys(seen).sort()).toEqual([...names].sort());
		for (const name of names) {
			expect(
				Object.keys(seen[name]).some((status) => status.startsWith("4")),
				name,
			).toBe(true);
		}
		await expect.poll(async () => (await service.files()).filter((file) => /^uploads\/|tmp$/.test(file))).toEqual([]);
		// What is kept is whole.
		for (const folder of new Set((await service.files()).flatMap((file) => /^images\/[0-9a-f]+/.exec(file) ?? []))) {
			expect(await service.files()).toContain(`${folder}/image.json`);
		}
	});
});
