import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ErrorJson } from "@dinoseg/core/errors";
import type { Page } from "playwright-core";
import type { GivenFile } from "./page.ts";

/** How a call of a session ended. */
export interface SessionAnswer<T> {
	readonly value?: T;
	readonly error?: ErrorJson;
}

/** A session of its own in a worker of a page, without what a person sees. */
export interface PageSession {
	/** Call a method. Bytes come as base64. @param file goes in the place of `"FILE"` among the arguments. */
	call<T>(method: string, args: readonly unknown[], file?: GivenFile): Promise<SessionAnswer<T>>;
	/** The same, and cancel it at once. */
	callAndCancel(method: string, args: readonly unknown[], file?: GivenFile): Promise<SessionAnswer<never>>;
}

/** Start the worker of a build in a page of its origin. @param build folder of `apps/studio`. */
export async function startPageSession(page: Page, build: "dist" | "dist-static"): Promise<PageSession> {
	const names = await readdir(fileURLToPath(new URL(`../../${build}/assets/`, import.meta.url)));
	const worker = names.find((name) => /^session\.worker-.*\.js$/.test(name));
	const session = await page.evaluateHandle((address) => {
		const worker = new Worker(address, { type: "module" });
		const waiting = new Map<number, (reply: unknown) => void>();
		let last = 0;
		const plain = (value: unknown): unknown => {
			if (!ArrayBuffer.isView(value)) {
				return typeof value === "object" && value !== null && !Array.isArray(value)
					? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
					: value;
			}
			const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
			let text = "";
			for (let at = 0; at < bytes.length; at += 0x8000) {
				text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
			}
			return btoa(text);
		};
		worker.addEventListener("message", ({ data }) => {
			if (data.type !== "event") {
				waiting.get(data.id)?.({ value: plain(data.value), error: data.error });
				waiting.delete(data.id);
			}
		});
		return {
			call(method: string, args: readonly unknown[], file: File | undefined, cancels: boolean) {
				const id = ++last;
				const given = args.map((argument) => (argument === "FILE" ? file : argument));
				return new Promise((resolve) => {
					waiting.set(id, resolve);
					worker.postMessage({ type: "call", id, method, args: given });
					if (cancels) {
						worker.postMessage({ type: "cancel", id });
					}
				});
			},
		};
	}, `../assets/${worker}`);
	const call = (method: string, args: readonly unknown[], file: GivenFile | undefined, cancels: boolean) =>
		session.evaluate(
			({ call: ask }, { name, base64, ...given }) => {
				const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
				return ask(given.method, given.args, new File([bytes], name), given.cancels);
			},
			{
				method,
				args: [...args],
				cancels,
				name: file?.name ?? "",
				base64: Buffer.from(file?.bytes ?? []).toString("base64"),
			},
		);
	return {
		call: async <T>(method: string, args: readonly unknown[], file?: GivenFile) =>
			(await call(method, args, file, false)) as SessionAnswer<T>,
		callAndCancel: async (method, args, file) => (await call(method, args, file, true)) as SessionAnswer<never>,
	};
}
