/** What a digested job uses of the packages. Pages get this very file, so it must be JavaScript too. */

export { medianBlur } from "@dinoseg/core/image";
export { projectPca } from "@dinoseg/core/linalg";
export { DEFAULT_OPTIONS } from "@dinoseg/core/options";
export { renderBorders, renderOverlay } from "@dinoseg/core/render";
export { createStageRecorder, prepareNetworkInput, segmentTokens } from "@dinoseg/core/segment";
