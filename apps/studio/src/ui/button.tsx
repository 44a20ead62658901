import type { ButtonHTMLAttributes, ComponentChildren } from "preact";

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "className" | "label"> {
	/** The name of the button, also its tip. */
	readonly label: string;
	/** Keys that do the same. */
	readonly keys?: string | undefined;
	/** Of a switch: whether it is on. */
	readonly isOn?: boolean | undefined;
	readonly className?: string;
	readonly children: ComponentChildren;
}

/** A button that is a picture. */
export function IconButton({ label, keys, isOn, children, className = "", ...others }: IconButtonProps) {
	return (
		<button
			type="button"
			{...others}
			aria-label={label}
			aria-keyshortcuts={keys?.replace("Ctrl ", "Control+")}
			aria-pressed={isOn}
			data-tip={label}
			data-keys={keys}
			className={`icon-button ${className}`}
		>
			{children}
		</button>
	);
}
