export { type OutlineBounds, outlineBounds } from "./outline-bounds.ts";
export { type PolygonOptions, type RegionPolygons, tracePolygons } from "./region-polygons.ts";
