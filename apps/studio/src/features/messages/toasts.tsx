import { X } from "lucide-react";
import { Toast } from "radix-ui";
import { useStudio } from "../../app/store.ts";
import { dismiss } from "../../app/toasts.ts";

/** How long a message stays, milliseconds. */
const SHOWN_MS = 6000;
/** How long one about a fault stays. */
const FAULT_MS = 20_000;

/** What the page has to say. */
export function Toasts() {
	const toasts = useStudio((state) => state.toasts);
	return (
		<Toast.Provider swipeDirection="right">
			{toasts.map(({ id, kind, message }) => (
				<Toast.Root
					key={id}
					className={`toast is-${kind}`}
					type={kind === "info" ? "background" : "foreground"}
					duration={kind === "info" ? SHOWN_MS : FAULT_MS}
					onOpenChange={(isOpen) => !isOpen && dismiss(id)}
				>
					<Toast.Description className="toast-text">{message}</Toast.Description>
					<Toast.Close className="icon-button small" aria-label="Dismiss">
						<X aria-hidden="true" />
					</Toast.Close>
				</Toast.Root>
			))}
			<Toast.Viewport className="toasts" />
		</Toast.Provider>
	);
}
