import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Tip } from "./tip.tsx";

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
	/** The name of the button, also its tip. */
	readonly label: string;
	/** Keys that do the same. */
	readonly keys?: string | undefined;
	/** Of a switch: whether it is on. */
	readonly isOn?: boolean | undefined;
	readonly children: ReactNode;
}

/** A button that is a picture. */
export function IconButton({ label, keys, isOn, children, className = "", ...others }: IconButtonProps) {
	return (
		<Tip label={label} keys={keys}>
			<button
				type="button"
				{...others}
				aria-label={label}
				{...(isOn === undefined ? {} : { "aria-pressed": isOn })}
				className={`icon-button ${className}`}
			>
				{children}
			</button>
		</Tip>
	);
}
