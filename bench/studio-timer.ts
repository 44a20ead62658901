/// <reference lib="dom" />
/** Runs in the page of the studio: does what a hand does, and says when the picture shows it. */

/** Milliseconds from an event. */
export interface StudioTimes {
	/** Until the script has given the frame to the graphics. */
	readonly drawn: number;
	/** Until the graphics have drawn it. */
	readonly finished: number;
}

interface StudioBench {
	/** Press a key over the picture; `undo` is Ctrl and Z. */
	key(name: string): Promise<StudioTimes>;
	/** Press an arrow on a slider. */
	slide(label: string, arrow: string): Promise<StudioTimes>;
	/** Give the first segment of the list another colour. */
	recolor(value: string): Promise<StudioTimes>;
	beginStroke(): Promise<void>;
	/** Move the brush along a wave. @param waits whether the script waits for the graphics */
	paint(at: number, waits: boolean): Promise<StudioTimes>;
	endStroke(): void;
	zoom(steps: number): Promise<void>;
	fit(): Promise<StudioTimes>;
	/** Move the picture, and wait for the frame. */
	pan(dx: number): Promise<StudioTimes>;
	/** Wait until the graphics have drawn what was done before. */
	settle(): Promise<void>;
	/** From the last drop to the first frame with segments. */
	sinceDrop(): Promise<number>;
}

declare global {
	interface Window {
		dinosegBench: StudioBench;
	}
}

/** Put the timer into a page before its own scripts run. It must hold all that it uses. */
export function installTimer(): void {
	const MARK = "dinoseg-frame";
	let waiting: ((times: { readonly at: number; readonly changes: number }) => void) | undefined;
	let changes = 0;
	let droppedAt = 0;
	let firstFrame: Promise<number> = Promise.resolve(0);

	new PerformanceObserver((list) => {
		for (const entry of list.getEntries() as PerformanceMark[]) {
			if (entry.name === MARK) {
				changes = entry.detail;
				waiting?.({ at: entry.startTime, changes });
			}
		}
	}).observe({ type: "mark", buffered: false });

	const canvas = (): HTMLCanvasElement =>
		document.querySelector<HTMLCanvasElement>(".stage > .picture") as HTMLCanvasElement;
	const finish = (): void => {
		// Reading waits for the graphics.
		canvas().getContext("webgl2")?.readPixels(0, 0, 1, 1, 6408, 5121, new Uint8Array(4));
	};
	const until = (trigger: () => void, { isAnyFrame = false, waits = true } = {}): Promise<StudioTimes> =>
		new Promise((resolve, reject) => {
			const before = changes;
			const start = performance.now();
			const timer = setTimeout(() => reject(new Error("nothing was drawn within 20 s")), 20_000);
			waiting = ({ at, changes: now }) => {
				if (at >= start && (isAnyFrame || now > before)) {
					waiting = undefined;
					clearTimeout(timer);
					if (waits) {
						finish();
					}
					resolve({ drawn: at - start, finished: performance.now() - start });
				}
			};
			trigger();
		});
	const press = (target: Element, key: string, ctrlKey = false): void => {
		target.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, cancelable: true }));
	};
	const point = (type: string, x: number, y: number): void => {
		const box = canvas().getBoundingClientRect();
		canvas().dispatchEvent(
			new PointerEvent(type, {
				pointerId: 1,
				isPrimary: true,
				button: type === "pointermove" ? -1 : 0,
				buttons: 1,
				clientX: box.left + box.width * x,
				clientY: box.top + box.height * y,
				bubbles: true,
				cancelable: true,
			}),
		);
	};

	addEventListener(
		"drop",
		() => {
			droppedAt = performance.now();
			firstFrame = new Promise((resolve) => {
				const look = (): void => {
					const isShown = document.querySelector(".stage-zoom") && !document.querySelector(".stage-status");
					if (isShown) {
						finish();
						resolve(performance.now() - droppedAt);
					} else {
						requestAnimationFrame(look);
					}
				};
				requestAnimationFrame(() => requestAnimationFrame(look));
			});
		},
		true,
	);

	window.dinosegBench = {
		key: (name) => until(() => (name === "undo" ? press(canvas(), "z", true) : press(canvas(), name))),
		slide(label, arrow) {
			const sliders = [...document.querySelectorAll<HTMLInputElement>("input[type=range]")];
			const slider = sliders.find(
				(each) => document.getElementById(each.getAttribute("aria-labelledby") ?? "")?.textContent === label,
			);
			slider?.focus();
			return until(() => {
				// A key that no hand presses moves nothing.
				slider?.[arrow === "ArrowRight" ? "stepUp" : "stepDown"]();
				slider?.dispatchEvent(new Event("input", { bubbles: true }));
				slider?.dispatchEvent(new Event("change", { bubbles: true }));
			});
		},
		recolor(value) {
			const field = document.querySelector<HTMLInputElement>(".segment-row input[type=color]");
			return until(() => {
				Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field, value);
				field?.dispatchEvent(new Event("input", { bubbles: true }));
			});
		},
		async beginStroke() {
			press(canvas(), "b");
			// A pointer that no hand holds cannot be captured.
			canvas().setPointerCapture = () => undefined;
			point("pointerdown", 0.4, 0.5);
		},
		paint: (at, waits) =>
			until(() => point("pointermove", 0.4 + 0.2 * Math.sin(at / 7), 0.5 + 0.2 * Math.cos(at / 5)), {
				isAnyFrame: true,
				waits,
			}),
		endStroke() {
			point("pointerup", 0.4, 0.5);
			press(canvas(), "v");
		},
		async zoom(steps) {
			for (let step = 0; step < steps; step++) {
				await until(() => press(canvas(), "+"), { isAnyFrame: true });
			}
		},
		fit: () => until(() => press(canvas(), "0"), { isAnyFrame: true }),
		pan: (dx) => until(() => press(canvas(), dx > 0 ? "ArrowLeft" : "ArrowRight"), { isAnyFrame: true }),
		async settle() {
			await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
			finish();
		},
		sinceDrop: () => firstFrame,
	};
}
