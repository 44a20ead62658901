import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";

export interface ChoiceProps<T extends string> {
	/** What is chosen. */
	readonly label: string;
	readonly value: T;
	readonly options: readonly { readonly value: T; readonly label: string; readonly icon?: ReactNode }[];
	onChange(value: T): void;
}

/** One of a few. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
	return (
		<ToggleGroup.Root
			type="single"
			className="choice"
			aria-label={label}
			value={value}
			onValueChange={(next) => next !== "" && onChange(next as T)}
		>
			{options.map((option) => (
				<ToggleGroup.Item key={option.value} value={option.value} className="choice-item">
					{option.icon}
					{option.label}
				</ToggleGroup.Item>
			))}
		</ToggleGroup.Root>
	);
}
