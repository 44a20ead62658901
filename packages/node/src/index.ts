export * from "./cache/index.ts";
export * from "./exports/index.ts";
export * from "./hub/index.ts";
export * from "./image/index.ts";
export * from "./kernels/index.ts";
export * from "./model/index.ts";
export * from "./runtime.ts";
export * from "./session/index.ts";
