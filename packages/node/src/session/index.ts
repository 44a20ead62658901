export { checkDevice, DEFAULT_DEVICE, describeDevices } from "./device.ts";
export { estimateMemory, fittingSessions, type MemoryEstimate, type MemoryOptions } from "./estimate-memory.ts";
export { createNetworkPool, type NetworkPool, type NetworkPoolOptions, type NetworkRun } from "./network-pool.ts";
export { createNetworkSession, type NetworkSession, type NetworkSessionOptions } from "./network-session.ts";
export type { RunOutput } from "./protocol.ts";
