import type { CommandContext } from "./context.ts";

const NOTICE =
	'Using the bundled model "tiny": small, trained without labels, and not DINOv2. For DINOv2 ViT-L/14 (1.2 GB, downloaded ' +
	"once) add: -m dinov2-large\n";

/** Tell a person at a terminal that the bundled model works: what it is not, and how to get the better one. */
export function tellBundledModel(
	{ stderr }: CommandContext,
	{ bundled }: { readonly bundled: boolean },
	{ quiet }: { readonly quiet?: boolean },
): void {
	if (bundled && !quiet && stderr.isTTY) {
		stderr.write(NOTICE);
	}
}
