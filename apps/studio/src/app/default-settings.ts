import { DEFAULT_MODEL_OPTIONS, DEFAULT_OPTIONS } from "@dinoseg/core/options";
import type { Settings } from "../session/scene.ts";

/** Regions are what people shape by hand: connected, with the borders of the photograph. */
export const DEFAULT_SETTINGS: Settings = {
	model: DEFAULT_MODEL_OPTIONS.model,
	dtype: DEFAULT_MODEL_OPTIONS.dtype,
	options: { ...DEFAULT_OPTIONS, segments: "regions" },
};
