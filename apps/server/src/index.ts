/** dinoseg over HTTP: what `dinoseg serve` runs. Its client is `@dinoseg/server/client`. */
export { SERVER_BOUNDS, SERVER_DEFAULTS, type ServerOptions } from "./server-options.ts";
export { type RunningServer, startServer } from "./start-server.ts";
export type { Surroundings } from "./surroundings.ts";
