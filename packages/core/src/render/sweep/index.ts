export { renderSweep, type SweepContent, sweepThumbnail } from "./sweep.ts";
