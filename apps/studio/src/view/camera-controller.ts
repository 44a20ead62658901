import { isCameraPress, pinchOf, wheelFactor } from "./camera-gestures.ts";
import type { PictureView } from "./picture-view.ts";

/** What a controller asks and tells. */
export interface CameraControllerOptions {
	/** Whether the tool is the hand. */
	isHand(): boolean;
	/** A second finger has come down: what the tool began with the first is to be undone. It gets no more of its events. */
	onTakeOver?(): void;
	/** For the cursor: `ready` while Space is held, `moving` while the picture follows a pointer. */
	onState?(state: "idle" | "ready" | "moving"): void;
}

/** Lets pointers and wheels move a camera. */
export interface CameraController {
	dispose(): void;
}

/**
 * Let pointers and wheels on an element move the camera of a view: the wheel and pinches zoom, the middle button, Space and
 * a drag, two fingers, or the hand move. These events do not reach the tools, whose listeners are on the same element, added
 * later, or below it; all others do. The element wants `touch-action: none`.
 */
export function createCameraController(
	view: PictureView,
	element: HTMLElement,
	options: CameraControllerOptions,
): CameraController {
	/** Fingers on the screen and other pointers that move the camera, where they were last. */
	const fingers = new Map<number, { x: number; y: number }>();
	const drags = new Map<number, { x: number; y: number }>();
	let isSpaceHeld = false;
	const abort = new AbortController();
	const capture = { capture: true, signal: abort.signal };

	function tellState(): void {
		options.onState?.(drags.size > 0 ? "moving" : isSpaceHeld || options.isHand() ? "ready" : "idle");
	}

	function placeOf({ clientX, clientY }: MouseEvent): { x: number; y: number } {
		const box = element.getBoundingClientRect();
		return { x: clientX - box.left, y: clientY - box.top };
	}

	function take(event: Event): void {
		event.preventDefault();
		event.stopImmediatePropagation();
	}

	function press(event: PointerEvent): void {
		const place = placeOf(event);
		if (event.pointerType === "touch") {
			fingers.set(event.pointerId, place);
		}
		const { pointerType, button } = event;
		if (!isCameraPress({ pointerType, button, touches: fingers.size, isSpaceHeld, isHand: options.isHand() })) {
			return;
		}
		take(event);
		if (pointerType === "touch" && [...fingers.keys()].some((id) => id !== event.pointerId && !drags.has(id))) {
			options.onTakeOver?.();
			for (const [id, at] of fingers) {
				drags.set(id, at);
			}
		}
		drags.set(event.pointerId, place);
		element.setPointerCapture(event.pointerId);
		tellState();
	}

	function move(event: PointerEvent): void {
		const place = placeOf(event);
		if (fingers.has(event.pointerId)) {
			fingers.set(event.pointerId, place);
		}
		const before = drags.get(event.pointerId);
		if (before === undefined) {
			return;
		}
		take(event);
		const other = [...drags].find(([id]) => id !== event.pointerId)?.[1];
		if (other === undefined) {
			view.panBy(place.x - before.x, place.y - before.y);
		} else {
			const { factor, at, dx, dy } = pinchOf([before, other], [place, other]);
			view.panBy(dx, dy);
			view.zoomTo(view.camera.scale * factor, at);
		}
		drags.set(event.pointerId, place);
	}

	function release(event: PointerEvent): void {
		fingers.delete(event.pointerId);
		if (drags.delete(event.pointerId)) {
			take(event);
			tellState();
		}
	}

	function turn(event: WheelEvent): void {
		take(event);
		view.zoomTo(view.camera.scale * wheelFactor(event), placeOf(event));
	}

	function holdSpace(event: KeyboardEvent): void {
		const isHeld = event.type === "keydown";
		if (event.code !== "Space" || (isHeld && isForControl(event.target))) {
			return;
		}
		if (isHeld) {
			// Space would scroll the page.
			event.preventDefault();
		}
		isSpaceHeld = isHeld;
		tellState();
	}

	function forget(): void {
		isSpaceHeld = false;
		tellState();
	}

	element.addEventListener("pointerdown", press, capture);
	element.addEventListener("pointermove", move, capture);
	element.addEventListener("pointerup", release, capture);
	element.addEventListener("pointercancel", release, capture);
	element.addEventListener("wheel", turn, { ...capture, passive: false });
	window.addEventListener("keydown", holdSpace, { signal: abort.signal });
	window.addEventListener("keyup", holdSpace, { signal: abort.signal });
	window.addEventListener("blur", forget, { signal: abort.signal });
	return { dispose: () => abort.abort() };
}

/** Whether Space does something else where the focus is: it writes, or presses what is there. */
function isForControl(target: EventTarget | null): boolean {
	return (
		target instanceof HTMLElement &&
		(target.isContentEditable ||
			target.closest("input, textarea, select, button, a, summary, [role=slider], [role=menuitem]") !== null)
	);
}
