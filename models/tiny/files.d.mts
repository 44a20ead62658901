/** Where the files of the model lie, by their names in a checkpoint. */
export declare const files: Readonly<Record<"config.json" | "preprocessor_config.json" | "model.safetensors", URL>>;
