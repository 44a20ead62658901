import { X } from "lucide";
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { setState } from "../app/store.ts";
import { Icon } from "./icon.tsx";

export interface ModalProps {
	readonly title: string;
	/** As wide as the page. @default false */
	readonly isWide?: boolean;
	readonly children: ComponentChildren;
}

/** A dialog over the page. The browser keeps the focus in it. */
export function Modal({ title, isWide = false, children }: ModalProps) {
	const ref = useRef<HTMLDialogElement>(null);
	const id = useId();
	const isPressed = useRef(false);
	// It is closed while it still is in the page: only then the browser gives the focus back.
	useLayoutEffect(() => {
		const dialog = ref.current;
		dialog?.showModal();
		return () => dialog?.close();
	}, []);
	const close = (): void => ref.current?.close();
	const closed = (): void => {
		// The event comes late: it may be opened again, or gone.
		if (ref.current?.open === false) {
			setState({ dialog: undefined });
		}
	};
	return (
		<dialog
			ref={ref}
			className={isWide ? "modal is-wide" : "modal"}
			aria-labelledby={id}
			onClose={closed}
			onPointerDown={({ target }) => {
				isPressed.current = target === ref.current;
			}}
			// At the end of the press: its beginning takes the focus away.
			onPointerUp={({ target }) => target === ref.current && isPressed.current && close()}
		>
			<div className="modal-body">
				<header>
					<h2 id={id}>{title}</h2>
					<button type="button" className="icon-button" aria-label="Close" onClick={close}>
						<Icon of={X} />
					</button>
				</header>
				{children}
			</div>
		</dialog>
	);
}
