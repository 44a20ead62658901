import { Copy } from "lucide";
import { say, sayError } from "../../app/toasts.ts";
import { Icon } from "../../ui/icon.tsx";

export interface CopyRowProps {
	readonly text: string;
	/** What the text is: "link". */
	readonly what: string;
}

/** A text, and a button that copies it. */
export function CopyRow({ text, what }: CopyRowProps) {
	const copy = async (): Promise<void> => {
		if (!isSecureContext) {
			say(
				"Browsers copy for pages of https and of this machine alone. Select the text, and copy it by hand.",
				"warning",
			);
			return;
		}
		try {
			await navigator.clipboard.writeText(text);
			say(`The ${what} is copied.`);
		} catch (error) {
			sayError(error);
		}
	};
	return (
		<div className="copy-row">
			<code>{text}</code>
			<button type="button" className="icon-button" aria-label={`Copy the ${what}`} onClick={() => void copy()}>
				<Icon of={Copy} />
			</button>
		</div>
	);
}
