import type { IconNode } from "lucide";
import { createElement } from "preact";

export interface IconProps {
	/** Of lucide. */
	readonly of: IconNode;
	readonly className?: string;
}

/** A drawing beside words, or in a control that has a name. */
export function Icon({ of, className = "" }: IconProps) {
	return (
		<svg className={`icon ${className}`} viewBox="0 0 24 24" aria-hidden="true">
			{of.map(([shape, attributes]) => createElement(shape, attributes))}
		</svg>
	);
}
