import { createMemoryQueue } from "@dinoseg/jobs";
import { describe } from "vitest";
import { itIsAQueue } from "./queue-contract.ts";

describe("the queue in this process", () => {
	itIsAQueue(async (options) => createMemoryQueue({ now: () => performance.now(), ...options }));
});
