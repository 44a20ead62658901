/**
 * The service under load, by its argument: `uploads`, 200 clients that send photographs for 60 seconds; `requests`, 10,000
 * requests one after the other. Prints one line of JSON for `soak.ts`; exits with 1 where a limit is not kept.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshPhotograph, loadService, send, startServiceProcess } from "../fixtures/service-load.ts";

const UPLOADS = { clients: 200, seconds: 60, memoryLimit: 1.2, healthLimitMs: 100 };
const REQUESTS = { count: 10_000, first: 1000, memoryLimit: 1.1, photographs: 500 };

const folder = await mkdtemp(join(tmpdir(), "dinoseg-soak-"));

async function uploads(): Promise<boolean> {
	await using service = await startServiceProcess(folder, "--workers", "2");
	const { clients, seconds, memoryLimit, healthLimitMs } = UPLOADS;
	const report = await loadService(service, { clients, seconds });
	const [early, late] = [report.memory[19], report.memory.at(-1) as number];
	const others = Object.keys(report.statuses).filter((status) => status !== "200" && status !== "503");
	const { memory: _, ...told } = report;
	console.log(
		JSON.stringify({ ...told, clients, seconds, early, late, ratio: late / early, memoryLimit, healthLimitMs }),
	);
	return (
		others.length === 0 &&
		report.broken.length === 0 &&
		report.withoutRetryAfter === 0 &&
		late / early <= memoryLimit &&
		report.health.p99 < healthLimitMs
	);
}

async function requests(): Promise<boolean> {
	await using service = await startServiceProcess(folder, "--workers", "2");
	const { count, first, memoryLimit, photographs } = REQUESTS;
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	const statuses: Record<string, number> = {};
	const memory: number[] = [];
	for (let index = 1; index <= count; index++) {
		// Photographs come again, with another number of clusters: so do those of people.
		const url = `${service.url}/v1/segment?inputSize=224&clusters=${2 + (index % 9)}`;
		const { status } = await send(agent, url, "POST", freshPhotograph(index % photographs));
		statuses[status] = (statuses[status] ?? 0) + 1;
		if (index % first === 0) {
			memory.push(service.memory());
		}
	}
	agent.destroy();
	const ratio = (memory.at(-1) as number) / memory[0];
	console.log(JSON.stringify({ count, statuses, memory, ratio, memoryLimit }));
	return statuses[200] === count && ratio <= memoryLimit;
}

try {
	const isKept = process.argv[2] === "requests" ? await requests() : await uploads();
	process.exitCode = isKept ? 0 : 1;
} finally {
	await rm(folder, { recursive: true, force: true });
}
