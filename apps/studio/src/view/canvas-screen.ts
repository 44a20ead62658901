import type { Extent } from "./camera.ts";

/** How large a canvas is on the screen. */
export interface CanvasScreen {
	/** CSS pixels. */
	readonly extent: Extent;
	/** Pixels of the canvas that a CSS pixel is wide. */
	readonly ratio: number;
	/**
	 * Give the canvas the pixels that it has on the screen.
	 *
	 * @param divisor has it take a part of them each way: it is stretched.
	 * @returns true if it had others.
	 */
	apply(divisor: number): boolean;
	dispose(): void;
}

/**
 * Follow the size of a canvas.
 *
 * @param onChange is told when it is another.
 */
export function followCanvas(canvas: HTMLCanvasElement, onChange: () => void): CanvasScreen {
	let extent: Extent = { width: canvas.clientWidth, height: canvas.clientHeight };
	let pixels: Extent = roundedPixels(extent);

	function roundedPixels({ width, height }: Extent): Extent {
		return { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) };
	}

	const observer = new ResizeObserver((entries) => {
		const entry = entries[entries.length - 1];
		const content = { width: entry.contentRect.width, height: entry.contentRect.height };
		// Exact where a CSS pixel is no whole number of those of the screen; Safari lacks it.
		const exact: readonly ResizeObserverSize[] | undefined = entry.devicePixelContentBoxSize;
		const onScreen = exact ? { width: exact[0].inlineSize, height: exact[0].blockSize } : roundedPixels(content);
		if (!isSame(extent, content) || !isSame(pixels, onScreen)) {
			extent = content;
			pixels = onScreen;
			onChange();
		}
	});
	try {
		observer.observe(canvas, { box: "device-pixel-content-box" });
	} catch {
		observer.observe(canvas);
	}
	return {
		get extent() {
			return extent;
		},
		get ratio() {
			return extent.width > 0 ? canvas.width / extent.width : devicePixelRatio;
		},
		apply(divisor) {
			const width = Math.ceil(pixels.width / divisor);
			const height = Math.ceil(pixels.height / divisor);
			if (canvas.width === width && canvas.height === height) {
				return false;
			}
			canvas.width = width;
			canvas.height = height;
			return true;
		},
		dispose: () => observer.disconnect(),
	};
}

function isSame(one: Extent, other: Extent): boolean {
	return one.width === other.width && one.height === other.height;
}
