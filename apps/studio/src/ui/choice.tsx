import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface ChoiceProps<T extends string> {
	/** What is chosen. */
	readonly label: string;
	readonly value: T;
	readonly options: readonly { readonly value: T; readonly label: string; readonly icon?: ComponentChildren }[];
	onChange(value: T): void;
}

/** One of a few. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
	const name = useId();
	return (
		<fieldset className="choice" aria-label={label}>
			{options.map((option) => (
				<label key={option.value}>
					<input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
					{option.icon}
					{option.label}
				</label>
			))}
		</fieldset>
	);
}
