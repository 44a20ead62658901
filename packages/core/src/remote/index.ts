export { createEngineLink, type EngineLink, type EngineLinkOptions, type Question } from "./engine-link.ts";
export type { EngineReady, EngineReply, EngineRequest } from "./protocol.ts";
export { type RemoteEngine, type RemoteEngineOptions, remoteEngine, type Sendable } from "./remote-engine.ts";
export { type ServeEngineOptions, serveEngine } from "./serve-engine.ts";
