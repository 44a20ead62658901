import { select } from "../../app/segment-actions.ts";
import { useStudio } from "../../app/store.ts";
import type { SceneSegment } from "../../session/scene.ts";

/** Segments of each list. */
const SHOWN = 3;

export interface ExplainedProps {
	readonly segments: readonly SceneSegment[];
}

/** What is like the selected segment, what is not, and what it would merge with next. */
export function Explained({ segments }: ExplainedProps) {
	const explanation = useStudio((state) => state.explanation);
	if (explanation === undefined) {
		return undefined;
	}
	const named = new Map(segments.map((segment) => [segment.id, segment]));
	const list = (title: string, ids: readonly { readonly id: number; readonly note?: string }[]) => (
		<div>
			<dt>{title}</dt>
			<dd>
				{ids.map(({ id, note }) => {
					const segment = named.get(id);
					return segment ? (
						<button key={id} type="button" className="chip" onClick={() => select(id, true)}>
							<i className="dot" style={{ background: `rgb(${segment.color.join(" ")})` }} />
							{segment.name}
							{note ? <small>{note}</small> : undefined}
						</button>
					) : undefined;
				})}
			</dd>
		</div>
	);
	const others = explanation.others.map(({ segment, likeness }) => ({ id: segment, note: likeness.toFixed(2) }));
	return (
		<dl className="explained" aria-label={`About ${named.get(explanation.segment)?.name}`}>
			{others.length > 0 ? list("Most alike", others.slice(0, SHOWN)) : undefined}
			{others.length > SHOWN
				? list("Least alike", others.slice(Math.max(SHOWN, others.length - SHOWN)).reverse())
				: undefined}
			{explanation.mergesNext.length > 0
				? list(
						"Would merge next with",
						explanation.mergesNext.slice(0, SHOWN).map((id) => ({ id })),
					)
				: undefined}
		</dl>
	);
}
