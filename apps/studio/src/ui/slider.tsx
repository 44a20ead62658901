import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface SliderProps {
	readonly label: string;
	readonly value: number;
	readonly min: number;
	readonly max: number;
	readonly step?: number;
	/** How the value is read. @default as it is */
	readonly text?: string;
	/** What the ends mean. */
	readonly ends?: readonly [low: string, high: string];
	/** Beside the label. */
	readonly aside?: ComponentChildren;
	/** Also while it moves. @param isSettled the pointer was let go. */
	onChange(value: number, isSettled: boolean): void;
}

/** A number that is dragged. */
export function Slider({ label, value, min, max, step = 1, text = String(value), ends, aside, onChange }: SliderProps) {
	const id = useId();
	return (
		<div className="field">
			<div className="field-head">
				<span id={id}>{label}</span>
				<span className="field-aside">{aside}</span>
				<output aria-hidden="true">{text}</output>
			</div>
			<input
				type="range"
				aria-labelledby={id}
				aria-valuetext={text}
				style={{ "--share": (value - min) / (max - min) }}
				min={min}
				max={max}
				step={step}
				value={value}
				onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber, false)}
				onChange={({ currentTarget }) => onChange(currentTarget.valueAsNumber, true)}
			/>
			{ends ? (
				<div className="field-ends" aria-hidden="true">
					<span>{ends[0]}</span>
					<span>{ends[1]}</span>
				</div>
			) : undefined}
		</div>
	);
}
