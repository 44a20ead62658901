/** Said once per run when the bundled model works: what it is not, and how to get the better one. */
export function modelNotice(): string {
	return (
		'Using the bundled model "tiny": small, trained without labels, and not DINOv2. For DINOv2 ViT-L/14 (1.2 GB, downloaded ' +
		"once) add: -m dinov2-large"
	);
}
