import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { decodeLabelPng, parseSegments } from "@dinoseg/core/labels";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createLogView } from "../dist/progress/log-view.js";
import { createSandbox, examplePath, type Sandbox } from "./harness.ts";

/** Start `dinoseg serve` in a process of its own, and wait until it listens. */
async function serve(sandbox: Sandbox, args: readonly string[] = [], environment: Record<string, string> = {}) {
	const { child, ended } = sandbox.start(["serve", "--port", "0", "--folder", "kept", ...args], environment);
	const [line] = (await Promise.race([once(child.stdout as NonNullable<typeof child.stdout>, "data"), ended])) as [
		Buffer,
	];
	const url = /^Listening on (http:\/\/\S+)\n$/.exec(String(line))?.[1];
	if (url === undefined) {
		throw new Error(`It does not listen: ${JSON.stringify(await ended)}`);
	}
	return { child, ended, url };
}

async function send(url: string, name: string): Promise<string> {
	const body = new FormData();
	body.set("image", new Blob([new Uint8Array(await readFile(examplePath(name)))]));
	const answer = await fetch(`${url}/v1/images`, { method: "POST", body });
	return ((await answer.json()) as { id: string }).id;
}

async function segment(url: string, imageId: string, options: object): Promise<string> {
	const answer = await fetch(`${url}/v1/segmentations`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ imageId, options }),
	});
	return ((await answer.json()) as { id: string }).id;
}

describe("dinoseg serve", () => {
	it("takes requests until SIGTERM, and ends with 0", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const { child, ended, url } = await serve(sandbox);
		expect((await fetch(`${url}/readyz`)).status).toBe(200);
		expect((await fetch(`${url}/v1/models`)).status).toBe(200);
		child.kill("SIGTERM");
		const { code, stdout, stderr } = await ended;
		expect([code, stdout]).toEqual([0, `Listening on ${url}\n`]);
		const lines = stderr
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line) as Record<string, unknown>);
		expect(lines).toMatchObject([{ method: "GET", path: "/v1/models", status: 200 }, { msg: "stopping" }]);
		expect(await readdir(sandbox.path("kept"))).not.toContain(".dinoseg-lock");
	});

	it("takes the token from the environment, and ends by SIGINT too", async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const token = "0123456789abcdef";
		const { child, ended, url } = await serve(sandbox, ["--quiet"], { DINOSEG_TOKEN: token });
		expect((await fetch(`${url}/v1/models`)).status).toBe(401);
		const headers = { authorization: `Bearer ${token}` };
		expect((await fetch(`${url}/v1/models`, { headers })).status).toBe(200);
		child.kill("SIGINT");
		expect(await ended).toMatchObject({ code: 0, stderr: "" });
	});

	it.each([
		[["--host", "0.0.0.0"], /a token is wanted/],
		[["--port", "99999"], /--port must be an integer from 0 to 65535/],
		[["--token", "x"], /at least 16 characters/],
		[["--allow-origin", "example.org"], /scheme and a host/],
		[["-m", "best"], /Unknown model "best"/],
		[["--nonsense"], /unknown option '--nonsense'/],
	])("refuses %j", async (args, message) => {
		await using sandbox = await createSandbox({ ownCache: true });
		const { code, stdout, stderr } = await sandbox.dinoseg("serve", "--port", "0", ...args);
		expect([code, stdout]).toEqual([2, ""]);
		expect(stderr).toMatch(message);
	});

	it("that is killed in the middle of jobs starts again with what was whole", { timeout: 120_000 }, async () => {
		await using sandbox = await createSandbox({ ownCache: true });
		const first = await serve(sandbox, ["--workers", "2", "--max-queue", "100"]);
		const cat = await send(first.url, "cat.jpg");
		const done = await segment(first.url, cat, { clusters: 3 });
		const labels = `/v1/segmentations/${done}/labels.png`;
		const before = Buffer.from(await (await fetch(first.url + labels)).arrayBuffer());
		const images = [cat, await send(first.url, "coffee.jpg"), await send(first.url, "rocket.jpg")];
		const ids: string[] = [];
		for (let k = 2; k < 7; k++) {
			for (const image of images) {
				ids.push(await segment(first.url, image, { clusters: k, inputSize: 112 }));
			}
		}
		const late = ids.map((id) => fetch(`${first.url}/v1/segmentations/${id}/figure.png`).catch(() => undefined));
		// Some are done, others run or wait.
		await Promise.race(late);
		first.child.kill("SIGKILL");
		expect(await first.ended).toMatchObject({ code: null, signal: "SIGKILL" });

		const second = await serve(sandbox);
		expect(Buffer.from(await (await fetch(second.url + labels)).arrayBuffer()).equals(before)).toBe(true);
		const left = await readdir(sandbox.path("kept"), { recursive: true });
		expect(left.filter((path) => path.endsWith("dinoseg-tmp"))).toEqual([]);
		for (const id of ids) {
			const files = left.filter((path) => path.startsWith(`results/${id}/`)).map((path) => path.slice(41));
			for (const name of files.filter((each) => each.endsWith(".png"))) {
				const served = Buffer.from(await (await fetch(`${second.url}/v1/segmentations/${id}/${name}`)).arrayBuffer());
				await expect(sharp(served).stats(), `${id} ${name}`).resolves.toBeDefined();
			}
			if (files.includes("segments.json")) {
				parseSegments(await (await fetch(`${second.url}/v1/segmentations/${id}`)).text());
			}
		}
		// What was not made can be had still.
		const open = await (await fetch(`${second.url}/v1/segmentations/${ids.at(-1)}/labels.png`)).arrayBuffer();
		expect(decodeLabelPng(new Uint8Array(open)).count).toBeGreaterThan(1);
		second.child.kill("SIGTERM");
		expect((await second.ended).code).toBe(0);
	});
});

describe("the log", () => {
	const lines = [
		{ level: 30, time: 0, msg: "request", method: "GET", path: "/v1/models", status: 200, ms: 3 },
		{ level: 40, time: 0, msg: "careful" },
		{ level: 50, time: 0, msg: "broken", err: { stack: "Error: x\n  at y" } },
	];
	const view = (isTTY: boolean): string => {
		const written: string[] = [];
		const { write } = createLogView({ isTTY, columns: 80, write: (data) => void written.push(String(data)) });
		for (const line of lines) {
			write(`${JSON.stringify(line)}\n`);
		}
		return written.join("");
	};

	it("is JSON for programs, and short for people", () => {
		expect(view(false)).toBe(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
		expect(view(true)).toMatch(
			/^\d\d:\d\d:\d\d 200 GET \/v1\/models 3 ms\n\S+ warning careful\n\S+ error broken\nError: x\n {2}at y\n$/,
		);
	});
});
