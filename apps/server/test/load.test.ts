import { Agent } from "node:http";
import { beforeAll, describe, expect, it } from "vitest";
import {
	freshPhotograph,
	loadService,
	type ServiceProcess,
	send,
	startServiceProcess,
} from "../../../fixtures/service-load.ts";
import { useTemporaryFolder } from "../../../packages/node/test/support/temporary-folder.ts";

const folder = useTemporaryFolder();
let service: ServiceProcess;
beforeAll(async () => {
	service = await startServiceProcess(folder.path, "--workers", "2", "--max-queue", "4");
	return () => service[Symbol.asyncDispose]();
});

describe("a service under load", () => {
	it("answers every client, if only to say when to come back", async () => {
		const { statuses, broken, withoutRetryAfter, health } = await loadService(service, {
			clients: 40,
			seconds: 2,
			patienceMs: 200,
		});
		const { 200: done = 0, 503: refused = 0, ...others } = statuses;
		expect({ broken, others, withoutRetryAfter }).toEqual({ broken: [], others: {}, withoutRetryAfter: 0 });
		expect(done).toBeGreaterThan(0);
		expect(refused).toBeGreaterThan(0);
		expect(health.count).toBeGreaterThan(10);
	});

	it("answers many requests one after the other, in memory that does not grow", async () => {
		const agent = new Agent({ keepAlive: true, maxSockets: 1 });
		const memory: number[] = [];
		for (let index = 0; index < 120; index++) {
			const url = `${service.url}/v1/segment?inputSize=112&clusters=${2 + (index % 3)}`;
			expect((await send(agent, url, "POST", freshPhotograph(1e6 + (index % 20)))).status).toBe(200);
			memory.push(service.memory());
		}
		agent.destroy();
		expect(memory[119] / memory[59]).toBeLessThan(1.25);
	});
});
