import { useEffect, useRef, useState } from "preact/hooks";
import { startPicture } from "../../app/pictures.ts";
import { activePicture, useStudio } from "../../app/store.ts";
import { changeView } from "../view/view-panel.tsx";
import { mountStage } from "./mount-stage.ts";

/** The picture, and what is said over it. */
export function Stage() {
	const canvas = useRef<HTMLCanvasElement>(null);
	const minimap = useRef<HTMLCanvasElement>(null);
	const frame = useRef<HTMLElement>(null);
	const tool = useStudio((state) => state.tool);
	const hasScene = useStudio((state) => activePicture(state)?.scene !== undefined);
	const [canDraw, setCanDraw] = useState(true);
	const [zoom, setZoom] = useState<string>();

	useEffect(() => {
		if (canvas.current && minimap.current && frame.current) {
			const stage = mountStage({
				canvas: canvas.current,
				minimap: minimap.current,
				frame: frame.current,
				onZoom: setZoom,
			});
			setCanDraw(stage !== undefined);
			return () => stage?.dispose();
		}
		return undefined;
	}, []);

	const kind = tool === "brush" || tool === "eraser" ? "is-brush" : `is-${tool}`;
	return (
		<section ref={frame} className={`stage ${kind}${hasScene ? "" : " is-blank"}`} aria-label="Picture">
			<canvas
				ref={canvas}
				className="picture"
				tabIndex={0}
				aria-label="Picture and segments. Arrow keys move it, ? shows all keys."
			/>
			<canvas ref={minimap} className="minimap" hidden />
			{zoom && hasScene ? <output className="stage-zoom">{zoom}</output> : undefined}
			<Wipe />
			<Status />
			{canDraw ? undefined : (
				<div className="stage-failed" role="alert">
					<p>This browser draws no WebGL 2. Turn on hardware acceleration in its settings, or use another browser.</p>
				</div>
			)}
		</section>
	);
}

/** What the page is doing for this picture, or why it cannot. */
function Status() {
	const picture = useStudio(activePicture);
	if (picture === undefined || picture.status.type === "ready" || picture.status.type === "sleeping") {
		return undefined;
	}
	const { status } = picture;
	if (status.type === "failed") {
		return (
			<div className="stage-failed" role="alert">
				<strong>{picture.file.name}</strong>
				<p>{status.message}</p>
				<button type="button" className="button" onClick={() => void startPicture(picture.id)}>
					Try again
				</button>
			</div>
		);
	}
	return (
		<div className="stage-status" role="status">
			<progress {...(status.share === undefined ? {} : { value: status.share, max: 1 })} aria-label={status.what} />
			{status.what}
		</div>
	);
}

/** The handle between the ground alone and everything. */
function Wipe() {
	const wipe = useStudio((state) => state.view.wipe);
	if (wipe === undefined) {
		return undefined;
	}
	const move = (element: HTMLElement, clientX: number): void => {
		const box = element.parentElement?.getBoundingClientRect();
		if (box) {
			changeView({ wipe: Math.min(0.98, Math.max(0.02, (clientX - box.left) / box.width)) });
		}
	};
	return (
		<div
			className="wipe-handle"
			role="slider"
			tabIndex={0}
			aria-label="Border between the photograph and its segments"
			aria-valuenow={Math.round(100 * wipe)}
			aria-valuemin={2}
			aria-valuemax={98}
			style={{ left: `${100 * wipe}%` }}
			onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
			onPointerMove={({ currentTarget, clientX, buttons }) => buttons > 0 && move(currentTarget, clientX)}
			onKeyDown={({ key }) => {
				const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[key];
				if (step !== undefined) {
					changeView({ wipe: Math.min(0.98, Math.max(0.02, wipe + step)) });
				}
			}}
		/>
	);
}
