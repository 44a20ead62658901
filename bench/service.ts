/** How long a client of the service waits, beside the same call of the library: what HTTP and the queue add. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createSegmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { send, startServiceProcess } from "../fixtures/service-load.ts";
import { markdownTable } from "./harness/markdown.ts";
import { progress } from "./harness/progress.ts";
import { summarise } from "./harness/statistics.ts";

/** Half a megapixel. */
export const SERVICE_SIDES = { width: 816, height: 612 };
const ROUNDS = 20;
const QUICK_ROUNDS = 3;
/** Rounds before the measured ones. */
const WARMING = 5;

/** Numbers of clusters that are asked for of a photograph: 2 to 8 in turn, as somebody does who looks for the best. */
function clustersOf(round: number): readonly number[] {
	return Array.from({ length: 7 }, (_, turn) => 2 + ((round + 3 * turn) % 7));
}

/** One photograph, in as many files as are wanted: bytes behind the end of a JPEG change no pixel. */
async function photographs(): Promise<(round: number) => Uint8Array> {
	const example = await readFile(new URL("../examples/retina.jpg", import.meta.url));
	const jpeg = await sharp(example)
		.resize({ ...SERVICE_SIDES, fit: "cover" })
		.jpeg({ quality: 90 })
		.toBuffer();
	return (round) => Buffer.concat([jpeg, Buffer.from(`${process.pid} ${round}`)]);
}

/** The table of a photograph that is new, and of another number of clusters of the same one, which take turns. */
export async function serviceTable(isQuick: boolean): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "dinoseg-bench-"));
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	try {
		const photograph = await photographs();
		await using service = await startServiceProcess(join(folder, "service"), "--workers", "1");
		const segmenter = await createSegmenter({ cacheFolder: join(folder, "library") });
		const ask = async (bytes: Uint8Array, clusters: number): Promise<void> => {
			const { status } = await send(agent, `${service.url}/v1/segment?clusters=${clusters}`, "POST", bytes);
			if (status !== 200) {
				throw new Error(`The service answered ${status}.`);
			}
		};
		const call = async (bytes: Uint8Array, clusters: number): Promise<void> => {
			await segmenter.render(bytes, [{ file: "labels.png" }], { clusters });
		};
		const times = { newImage: [[], []], anotherK: [[], []] } as Record<string, [number[], number[]]>;
		const rounds = isQuick ? QUICK_ROUNDS : ROUNDS;
		for (let round = -WARMING; round < rounds; round++) {
			const bytes = photograph(round);
			for (const [turn, clusters] of clustersOf(round + WARMING).entries()) {
				for (const [way, work] of [ask, call].entries()) {
					const before = performance.now();
					await work(bytes, clusters);
					if (round >= 0) {
						times[turn === 0 ? "newImage" : "anotherK"][way].push(performance.now() - before);
					}
				}
			}
			progress("service");
		}
		await segmenter.dispose();
		const rows = Object.entries({
			"a new photograph": times["newImage"],
			"another number of clusters": times["anotherK"],
		}).map(([title, [asked, called]]) => {
			const added = summarise(asked.map((time, round) => time - called[round])).median;
			const [service, library] = [asked, called].map((each) => summarise(each).median);
			return [title, service.toFixed(0), library.toFixed(0), added.toFixed(0)];
		});
		return markdownTable(["From the request to `labels.png`", "Service, ms", "Library, ms", "Added, ms"], "lrrr", rows);
	} finally {
		agent.destroy();
		await rm(folder, { recursive: true });
	}
}
