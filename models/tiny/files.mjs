/** Where the files of the model lie, for bundlers and for pages without one. */
export const files = {
	"config.json": new URL("./config.json", import.meta.url),
	"preprocessor_config.json": new URL("./preprocessor_config.json", import.meta.url),
	"model.safetensors": new URL("./model.safetensors", import.meta.url),
};
