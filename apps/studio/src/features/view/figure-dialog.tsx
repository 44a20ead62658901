import { useEffect, useState } from "preact/hooks";
import { stateOf } from "../../app/store.ts";
import { explain } from "../../app/toasts.ts";
import { sessionOf } from "../../app/work.ts";
import { Modal } from "../../ui/modal.tsx";

/** Original, median blur, patches and segments side by side: the figure of the report that dinoseg started from. */
export function FigureDialog() {
	const [url, setUrl] = useState<string>();
	const [problem, setProblem] = useState<string>();
	useEffect(() => {
		const controller = new AbortController();
		let made: string | undefined;
		const render = async (): Promise<void> => {
			const id = stateOf().activeId;
			if (id === undefined) {
				return;
			}
			try {
				const { signal } = controller;
				const { bytes } = await sessionOf().call("exportFile", [id, { file: "figure.png" }], { signal });
				if (!signal.aborted) {
					made = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "image/png" }));
					setUrl(made);
				}
			} catch (error) {
				setProblem(explain(error));
			}
		};
		void render();
		return () => {
			controller.abort();
			if (made !== undefined) {
				URL.revokeObjectURL(made);
			}
		};
	}, []);
	return (
		<Modal title="Figure" isWide={true}>
			{problem ? <p role="alert">{problem}</p> : undefined}
			{url ? (
				<img className="figure" src={url} alt="Original, median blur, patches and segments side by side" />
			) : (
				<p role="status">Drawing…</p>
			)}
		</Modal>
	);
}
