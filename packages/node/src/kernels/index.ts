export { type KernelHelpers, startKernelHelpers } from "./start-helpers.ts";
