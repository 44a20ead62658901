export { type PolygonOptions, type RegionPolygons, tracePolygons } from "./region-polygons.ts";
