/** A point of a curve. */
export interface CurvePoint {
	readonly x: number;
	readonly y: number;
}

export interface CurveProps {
	/** What the curve shows, for those who do not see it. */
	readonly label: string;
	readonly points: readonly CurvePoint[];
	/** The point that counts now. */
	readonly at?: number | undefined;
	/** What a point says when it is clicked or read. */
	describe(point: CurvePoint): string;
	/** @default points cannot be clicked */
	readonly onPick?: ((x: number) => void) | undefined;
}

const WIDTH = 280;
const HEIGHT = 64;
const MARGIN = 8;
/** Above so many points only the curve is drawn. */
const MOST_DOTS = 40;

/** A small curve whose points can be chosen. */
export function Curve({ label, points, at, describe, onPick }: CurveProps) {
	if (points.length < 2) {
		return undefined;
	}
	const xs = points.map(({ x }) => x);
	const ys = points.map(({ y }) => y);
	const scale = (values: readonly number[], from: number, to: number) => {
		const [low, high] = [Math.min(...values), Math.max(...values)];
		return (value: number): number => from + ((value - low) / (high - low || 1)) * (to - from);
	};
	const toX = scale(xs, MARGIN, WIDTH - MARGIN);
	const toY = scale(ys, HEIGHT - MARGIN, MARGIN);
	const line = points.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${toX(x).toFixed(1)} ${toY(y).toFixed(1)}`);
	const current = points.find(({ x }) => x === at);
	const drawing = (
		<svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
			<path className="curve-area" d={`${line.join("")}L${WIDTH - MARGIN} ${HEIGHT}L${MARGIN} ${HEIGHT}Z`} />
			<path className="curve-line" d={line.join("")} />
			{points.length <= MOST_DOTS
				? points.map((point) => (
						<circle key={point.x} className="curve-dot" cx={toX(point.x)} cy={toY(point.y)} r="2" />
					))
				: undefined}
			{current ? <circle className="curve-now" cx={toX(current.x)} cy={toY(current.y)} r="5" /> : undefined}
		</svg>
	);
	if (onPick === undefined) {
		return <div className="curve">{drawing}</div>;
	}
	return (
		<fieldset className="curve" aria-label={label}>
			{drawing}
			<div className="curve-picks">
				{points.map((point) => (
					<button
						key={point.x}
						type="button"
						// The slider above does the same with the keyboard.
						tabIndex={-1}
						title={describe(point)}
						aria-label={describe(point)}
						onClick={() => onPick(point.x)}
					/>
				))}
			</div>
		</fieldset>
	);
}
