import { Slider as RadixSlider } from "radix-ui";
import { type ReactNode, useId } from "react";

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
	readonly isDisabled?: boolean;
	/** Beside the label. */
	readonly aside?: ReactNode;
	/** Also while it moves. @param isSettled the pointer was let go. */
	onChange(value: number, isSettled: boolean): void;
}

/** A number that is dragged. */
export function Slider({
	label,
	value,
	min,
	max,
	step = 1,
	text = String(value),
	ends,
	isDisabled = false,
	aside,
	onChange,
}: SliderProps) {
	const id = useId();
	return (
		<div className="field">
			<div className="field-head">
				<span id={id}>{label}</span>
				<span className="field-aside">{aside}</span>
				<output aria-hidden="true">{text}</output>
			</div>
			<RadixSlider.Root
				className="slider"
				value={[value]}
				min={min}
				max={max}
				step={step}
				disabled={isDisabled}
				onValueChange={([next]) => onChange(next, false)}
				onValueCommit={([next]) => onChange(next, true)}
			>
				<RadixSlider.Track className="slider-track">
					<RadixSlider.Range className="slider-range" />
				</RadixSlider.Track>
				<RadixSlider.Thumb className="slider-thumb" aria-labelledby={id} aria-valuetext={text} />
			</RadixSlider.Root>
			{ends ? (
				<div className="field-ends" aria-hidden="true">
					<span>{ends[0]}</span>
					<span>{ends[1]}</span>
				</div>
			) : undefined}
		</div>
	);
}
