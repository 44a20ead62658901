import { Tooltip } from "radix-ui";
import type { ReactElement } from "react";

export interface TipProps {
	readonly label: string;
	readonly keys?: string | undefined;
	readonly children: ReactElement;
}

/** Says what a control is, and which key does the same. */
export function Tip({ label, keys, children }: TipProps) {
	return (
		<Tooltip.Root>
			<Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
			<Tooltip.Portal>
				<Tooltip.Content className="tip" sideOffset={6} collisionPadding={8}>
					{label}
					{keys ? <kbd>{keys}</kbd> : undefined}
				</Tooltip.Content>
			</Tooltip.Portal>
		</Tooltip.Root>
	);
}
