import { Brush, Eraser, Grid3x3, Hand, Lasso, MousePointer2 } from "lucide";
import { setState, type Tool, useStudio } from "../../app/store.ts";
import { KEYMAP, keyName } from "../../keymap.ts";
import { IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";

const ICONS = { select: MousePointer2, hand: Hand, brush: Brush, eraser: Eraser, lasso: Lasso } as const;
const SMALLEST = 1;
const LARGEST = 400;

/** Change the size of the brush: by a seventh, so that it feels alike at every size. */
export function stepRadius(step: 1 | -1): void {
	setState(({ radius }) => {
		const next = step > 0 ? Math.max(radius + 1, radius * 1.15) : Math.min(radius - 1, radius / 1.15);
		return { radius: Math.round(Math.max(SMALLEST, Math.min(LARGEST, next))) };
	});
}

/** The tools of the pointer. */
export function ToolRail() {
	const tool = useStudio((state) => state.tool);
	const radius = useStudio((state) => state.radius);
	const paintsParts = useStudio((state) => state.paintsParts);
	const paints = tool === "brush" || tool === "eraser";
	return (
		<div className="tool-rail" role="toolbar" aria-label="Tools">
			{(Object.keys(ICONS) as Tool[]).map((name) => (
				<IconButton
					key={name}
					label={KEYMAP[name].label}
					keys={keyName(KEYMAP[name].keys[0])}
					isOn={tool === name}
					onClick={() => setState({ tool: name })}
				>
					<Icon of={ICONS[name]} />
				</IconButton>
			))}
			{paints || tool === "lasso" ? (
				<IconButton
					label={KEYMAP.partsOrPixels.label}
					keys="P"
					isOn={paintsParts}
					onClick={() => setState({ paintsParts: !paintsParts })}
				>
					<Icon of={Grid3x3} />
				</IconButton>
			) : undefined}
			{paints ? (
				<label className="radius">
					<span className="visually-hidden">Size of the brush, pixels</span>
					<input
						type="number"
						min={SMALLEST}
						max={LARGEST}
						value={radius}
						onInput={({ currentTarget }) => {
							const next = Math.round(currentTarget.valueAsNumber);
							if (next >= SMALLEST && next <= LARGEST) {
								setState({ radius: next });
							}
						}}
						onBlur={({ currentTarget }) => {
							currentTarget.value = String(radius);
						}}
					/>
				</label>
			) : undefined}
		</div>
	);
}
