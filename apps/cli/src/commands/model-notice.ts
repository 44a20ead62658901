/** Said once per run when the bundled model works: what it is not, and how to get the better one. */
export function modelNotice(): string {
	return (
		'Using the bundled model "tiny": small, trained without labels, and not DINOv2. For DINOv2 ViT-L/14, put config.json, ' +
		"preprocessor_config.json and model.safetensors of facebook/dinov2-large into a folder and add: -m FOLDER"
	);
}
