import { Combine, Eye, EyeOff, Lock, LockOpen, Minus, Plus, Scissors, Search, Waypoints } from "lucide";
import { useMemo, useState } from "preact/hooks";
import {
	edit,
	mergeSelected,
	select,
	splitSelected,
	toggleExplanation,
	toggleHidden,
	toggleLocked,
	walkSelected,
} from "../../app/segment-actions.ts";
import { activePicture, setState, useStudio } from "../../app/store.ts";
import { IconButton } from "../../ui/button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { useAfterPicture } from "../../ui/use-after-picture.ts";
import { Explained } from "./explained.tsx";
import { findInAll } from "./find-in-all.ts";
import { SegmentRow } from "./segment-row.tsx";

/** Rows before a button for the others. */
const FIRST_ROWS = 100;

/** The segments of the picture, and what is done with those that are selected. */
export function SegmentsPanel() {
	// Not the whole picture: what it is doing changes often.
	const scene = useStudio((state) => activePicture(state)?.scene);
	const photograph = useStudio((state) => activePicture(state)?.model?.photograph);
	const selection = useStudio((state) => state.selection);
	const pictures = useStudio((state) => state.pictures.length);
	const [showsAll, setShowsAll] = useState(false);
	const segments = scene?.segments;
	const sorted = useMemo(() => [...(segments ?? [])].sort((a, b) => b.pixels - a.pixels), [segments]);
	const rows = useAfterPicture(sorted);
	const selected = useMemo(() => new Set(selection), [selection]);
	if (scene === undefined || photograph === undefined) {
		return <p className="panel-body hint">Segments appear here once there is a picture.</p>;
	}
	const { width, height } = photograph;
	const chosen = scene.segments.filter(({ id }) => selected.has(id));
	const shown = showsAll ? rows : rows.slice(0, FIRST_ROWS);
	const isNone = chosen.length === 0;
	return (
		<div className="panel-body segments">
			<div className="toolbar" role="toolbar" aria-label="Selected segments">
				<IconButton label="Merge" keys="M" disabled={chosen.length < 2} onClick={() => void mergeSelected()}>
					<Icon of={Combine} />
				</IconButton>
				<IconButton label="Split into connected parts" keys="S" disabled={isNone} onClick={() => void splitSelected()}>
					<Icon of={Scissors} />
				</IconButton>
				<IconButton label="One step coarser" keys="," disabled={isNone} onClick={() => void walkSelected(-1)}>
					<Icon of={Minus} />
				</IconButton>
				<IconButton label="One step finer" keys="." disabled={isNone} onClick={() => void walkSelected(1)}>
					<Icon of={Plus} />
				</IconButton>
				<IconButton label="Lock or unlock" keys="K" disabled={isNone} onClick={() => void toggleLocked()}>
					{chosen.length > 0 && chosen.every(({ isLocked }) => isLocked) ? <Icon of={LockOpen} /> : <Icon of={Lock} />}
				</IconButton>
				<IconButton label="Hide or show" keys="X" disabled={isNone} onClick={() => void toggleHidden()}>
					{chosen.length > 0 && chosen.every(({ isHidden }) => isHidden) ? <Icon of={Eye} /> : <Icon of={EyeOff} />}
				</IconButton>
				<IconButton label="Show what is alike" keys="I" disabled={isNone} onClick={() => void toggleExplanation()}>
					<Icon of={Waypoints} />
				</IconButton>
				<IconButton
					label="Find it in all open pictures"
					disabled={isNone || pictures < 2}
					onClick={() => void findInAll()}
				>
					<Icon of={Search} />
				</IconButton>
			</div>
			<Explained segments={scene.segments} />
			<p className="list-head">
				<span>
					{scene.segments.length} {scene.segments.length === 1 ? "segment" : "segments"}
					{chosen.length > 0 ? `, ${chosen.length} selected` : ""}
				</span>
				<button
					type="button"
					className="quiet-button"
					onClick={() => setState({ selection: isNone ? scene.segments.map(({ id }) => id) : [] })}
				>
					{isNone ? "Select all" : "Select none"}
				</button>
			</p>
			<ul className="segment-list">
				{shown.map((segment) => (
					<SegmentRow
						key={segment.id}
						segment={segment}
						share={segment.pixels / (width * height)}
						isSelected={selected.has(segment.id)}
						onSelect={select}
						onEdit={edit}
					/>
				))}
			</ul>
			{rows.length > shown.length ? (
				<button type="button" className="quiet-button" onClick={() => setShowsAll(true)}>
					Show {rows.length - shown.length} smaller ones
				</button>
			) : undefined}
		</div>
	);
}
