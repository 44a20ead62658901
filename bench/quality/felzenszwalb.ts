import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RgbImage } from "@dinoseg/core/image";
import type { LabelMap } from "@dinoseg/core/labels";

const SCRIPT = fileURLToPath(new URL("felzenszwalb.py", import.meta.url));
const PYTHON = process.env["PYTHON"] ?? "/usr/bin/python3";

/** A label-free classic, in a Python process of its own. */
export interface Felzenszwalb {
	/** One picture at a time. */
	segment(image: RgbImage): Promise<LabelMap>;
	close(): void;
}

/** @returns none where Python or scikit-image is missing. */
export async function startFelzenszwalb(): Promise<Felzenszwalb | undefined> {
	const child = spawn(PYTHON, [SCRIPT], { stdio: ["pipe", "pipe", "pipe"] });
	const isReady = await Promise.race([
		once(child.stderr, "data").then(([text]) => String(text).startsWith("ready")),
		once(child, "error").then(() => false),
		once(child, "exit").then(() => false),
	]);
	if (!isReady) {
		child.kill();
		return undefined;
	}
	const ended = once(child, "exit").then(([code]): never => {
		throw new Error(`${PYTHON} ${SCRIPT} ended with ${code}`);
	});
	// Nobody waits for it between pictures.
	ended.catch(() => {});
	return {
		async segment({ data, width, height }) {
			child.stdin.write(`${width} ${height}\n`);
			child.stdin.write(data);
			const bytes = new Uint8Array(2 * width * height);
			for (let received = 0; received < bytes.length; ) {
				const chunk: Buffer | null = child.stdout.read();
				if (chunk === null) {
					await Promise.race([once(child.stdout, "readable"), ended]);
				} else {
					bytes.set(chunk, received);
					received += chunk.length;
				}
			}
			const labels = new Uint16Array(bytes.buffer);
			return { data: labels, width, height, count: labels.reduce((most, label) => Math.max(most, label), 0) + 1 };
		},
		close: () => child.stdin.end(),
	};
}
