import { X } from "lucide";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Toast, useStudio } from "../../app/store.ts";
import { dismiss } from "../../app/toasts.ts";
import { Icon } from "../../ui/icon.tsx";

/** How long a message stays, milliseconds. */
const SHOWN_MS = 6000;
/** How long one about a fault stays. */
const FAULT_MS = 20_000;
/** Leads to the messages. */
const KEY = "F8";

/** What the page has to say. None goes away while the pointer or the focus is on one. */
export function Toasts() {
	const toasts = useStudio((state) => state.toasts);
	const [isRead, setIsRead] = useState(false);
	const region = useRef<HTMLElement>(null);
	useEffect(() => {
		const listening = new AbortController();
		const lead = ({ key }: KeyboardEvent): void => {
			if (key === KEY) {
				region.current?.focus();
			}
		};
		addEventListener("keydown", lead, { signal: listening.signal });
		return () => listening.abort();
	}, []);
	return (
		<section
			ref={region}
			className="toasts"
			aria-label={`Messages (${KEY})`}
			aria-live="polite"
			tabIndex={-1}
			onPointerEnter={() => setIsRead(true)}
			onPointerLeave={() => setIsRead(false)}
			onFocusIn={() => setIsRead(true)}
			onFocusOut={() => setIsRead(false)}
		>
			{toasts.map((toast) => (
				<Message key={toast.id} toast={toast} isRead={isRead} />
			))}
		</section>
	);
}

interface MessageProps {
	readonly toast: Toast;
	/** It stays. */
	readonly isRead: boolean;
}

function Message({ toast: { id, kind, message }, isRead }: MessageProps) {
	useEffect(() => {
		if (isRead) {
			return undefined;
		}
		const timer = setTimeout(() => dismiss(id), kind === "info" ? SHOWN_MS : FAULT_MS);
		return () => clearTimeout(timer);
	}, [id, kind, isRead]);
	return (
		<div className={`toast is-${kind}`} role={kind === "info" ? undefined : "alert"}>
			<p>{message}</p>
			<button
				type="button"
				className="icon-button small"
				aria-label="Dismiss"
				onClick={() => dismiss(id)}
				onKeyDown={({ key }) => key === "Escape" && dismiss(id)}
			>
				<Icon of={X} />
			</button>
		</div>
	);
}
