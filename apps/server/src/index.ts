/** dinoseg over HTTP. `startServer` is what `dinoseg serve` runs; `createApp` makes the application alone. */
export type { ServiceApp, Services } from "./app/services.ts";
export { createApp } from "./create-app.ts";
export type { OpenServices, Surroundings } from "./open-services.ts";
export { SERVER_BOUNDS, SERVER_DEFAULTS, type ServerOptions } from "./server-options.ts";
export { type RunningServer, startServer } from "./start-server.ts";
