import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** Milliseconds that the pointer rests on a control until it is named, and that it may be between a control and its tip. */
const [REST_MS, AWAY_MS] = [500, 120];
/** Pixels between a control and its tip, and from the tip to the end of the page. */
const [GAP, MARGIN] = [6, 8];

/** Shows the `data-tip` and `data-keys` of the control that the pointer rests on, or that the keyboard has reached. */
export function Tips() {
	const [control, setControl] = useState<HTMLElement>();
	const tip = useRef<HTMLDivElement>(null);

	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		let isShown = false;
		const show = (next: HTMLElement | undefined, afterMs = 0): void => {
			clearTimeout(timer);
			timer = setTimeout(() => {
				isShown = next !== undefined;
				setControl(next);
			}, afterMs);
		};
		const controlAt = ({ target }: Event): HTMLElement | undefined =>
			(target instanceof Element && target.closest<HTMLElement>("[data-tip]")) || undefined;
		const over = (event: PointerEvent): void => {
			if (event.target === tip.current) {
				clearTimeout(timer);
				return;
			}
			const next = event.pointerType === "touch" ? undefined : controlAt(event);
			if (next !== undefined || isShown) {
				show(next, next === undefined || isShown ? AWAY_MS : REST_MS);
			} else {
				clearTimeout(timer);
			}
		};
		const reach = (event: FocusEvent): void => {
			if (event.target instanceof Element && event.target.matches(":focus-visible")) {
				show(controlAt(event));
			}
		};
		const hide = (): void => show(undefined);
		const listening = new AbortController();
		const { signal } = listening;
		addEventListener("pointerover", over, { signal });
		addEventListener("focusin", reach, { signal });
		for (const type of ["focusout", "pointerdown", "keydown", "scroll", "blur"]) {
			addEventListener(type, hide, { signal, capture: true });
		}
		return () => {
			clearTimeout(timer);
			listening.abort();
		};
	}, []);

	useLayoutEffect(() => {
		if (control && tip.current) {
			const { left, top, bottom, width } = control.getBoundingClientRect();
			const { offsetWidth, offsetHeight, style } = tip.current;
			const middle = left + (width - offsetWidth) / 2;
			const above = top - GAP - offsetHeight;
			style.left = `${Math.max(MARGIN, Math.min(innerWidth - MARGIN - offsetWidth, middle))}px`;
			style.top = `${above < MARGIN ? bottom + GAP : above}px`;
		}
	}, [control]);

	if (control === undefined) {
		return undefined;
	}
	const { tip: name, keys } = control.dataset;
	return (
		// It repeats what the control itself says to those who do not see it.
		<div ref={tip} className="tip" aria-hidden="true">
			{name}
			{keys ? <kbd>{keys}</kbd> : undefined}
		</div>
	);
}
