import type { Color } from "@dinoseg/core/labels";
import { Eye, EyeOff, Lock, LockOpen } from "lucide";
import { Component } from "preact";
import { useRef } from "preact/hooks";
import { setState } from "../../app/store.ts";
import { newGesture } from "../../app/work.ts";
import type { Edit } from "../../session/edits.ts";
import type { SceneSegment } from "../../session/scene.ts";
import { Icon } from "../../ui/icon.tsx";
import { isSameSegment } from "./same-segment.ts";

export interface SegmentRowProps {
	readonly segment: SceneSegment;
	/** Of the picture, 0 to 1. */
	readonly share: number;
	readonly isSelected: boolean;
	onSelect(segment: number, adds: boolean): void;
	onEdit(edit: Edit, gesture?: number): Promise<boolean>;
}

/** A segment of the list: its colour, name and size, and whether it is shown and locked. Drawn again when they change. */
export class SegmentRow extends Component<SegmentRowProps> {
	override shouldComponentUpdate({ segment, share, isSelected, onSelect, onEdit }: SegmentRowProps): boolean {
		const { props } = this;
		return !(
			isSameSegment(props.segment, segment) &&
			props.share === share &&
			props.isSelected === isSelected &&
			props.onSelect === onSelect &&
			props.onEdit === onEdit
		);
	}

	override render() {
		return <Row {...this.props} />;
	}
}

function Row({ segment, share, isSelected, onSelect, onEdit }: SegmentRowProps) {
	const { id, name, color, isHidden, isLocked } = segment;
	const gesture = useRef(0);
	const toggle = (what: "hide" | "lock") => (): void =>
		void onEdit(
			what === "hide"
				? { type: "hide", segments: [id], isHidden: !isHidden }
				: { type: "lock", segments: [id], isLocked: !isLocked },
		);
	return (
		<li
			className={`segment-row${isSelected ? " is-selected" : ""}${isHidden ? " is-hidden" : ""}`}
			onPointerEnter={() => setState({ hovered: id })}
			onPointerLeave={() => setState({ hovered: undefined })}
		>
			<input
				type="color"
				aria-label={`Colour of ${name}`}
				value={toHex(color)}
				onFocus={() => {
					gesture.current = newGesture();
				}}
				onInput={({ currentTarget }) =>
					void onEdit({ type: "recolor", segment: id, color: fromHex(currentTarget.value) }, gesture.current)
				}
			/>
			<button
				type="button"
				className="segment-pick"
				aria-pressed={isSelected}
				onClick={(event) => onSelect(id, event.shiftKey || event.ctrlKey || event.metaKey)}
				onDblClick={({ currentTarget }) => focusName(currentTarget.closest("li"))}
			>
				<span className="segment-name">{name}</span>
				<span className="segment-share">{share >= 0.0995 ? (100 * share).toFixed(0) : (100 * share).toFixed(1)} %</span>
			</button>
			<input
				key={name}
				className="segment-rename"
				aria-label={`Name of ${name}`}
				defaultValue={name}
				tabIndex={isSelected ? 0 : -1}
				maxLength={200}
				spellcheck={false}
				onKeyDown={(event) => {
					if (event.key === "Enter") {
						event.currentTarget.blur();
					} else if (event.key === "Escape") {
						event.currentTarget.value = name;
						event.currentTarget.blur();
					}
				}}
				onBlur={({ currentTarget }) => {
					const next = currentTarget.value.trim();
					if (next !== "" && next !== name) {
						void onEdit({ type: "rename", segment: id, name: next });
					} else {
						currentTarget.value = name;
					}
				}}
			/>
			<button
				type="button"
				className="icon-button small"
				aria-label={`${isLocked ? "Unlock" : "Lock"} ${name}`}
				onClick={toggle("lock")}
			>
				{isLocked ? <Icon of={Lock} /> : <Icon of={LockOpen} className="faint" />}
			</button>
			<button
				type="button"
				className="icon-button small"
				aria-label={`${isHidden ? "Show" : "Hide"} ${name}`}
				onClick={toggle("hide")}
			>
				{isHidden ? <Icon of={EyeOff} /> : <Icon of={Eye} className="faint" />}
			</button>
		</li>
	);
}

/** Let the name of a row be typed. */
export function focusName(row: Element | null): void {
	const field = row?.querySelector<HTMLInputElement>(".segment-rename");
	field?.focus();
	field?.select();
}

function toHex([red, green, blue]: Color): string {
	return `#${((red << 16) | (green << 8) | blue).toString(16).padStart(6, "0")}`;
}

function fromHex(text: string): Color {
	const value = Number.parseInt(text.slice(1), 16);
	return [value >> 16, (value >> 8) & 255, value & 255];
}
