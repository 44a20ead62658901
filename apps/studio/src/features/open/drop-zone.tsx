import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { takeFiles } from "./open-files.ts";

export interface DropZoneProps {
	readonly children: ComponentChildren;
}

/** The whole page takes what is dropped on it, and what is pasted. */
export function DropZone({ children }: DropZoneProps) {
	const [isOver, setIsOver] = useState(false);
	useEffect(() => {
		let depth = 0;
		const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
		const enter = (event: DragEvent): void => {
			if (hasFiles(event)) {
				depth++;
				setIsOver(true);
			}
		};
		const leave = (event: DragEvent): void => {
			if (hasFiles(event)) {
				depth = Math.max(0, depth - 1);
				setIsOver(depth > 0);
			}
		};
		const over = (event: DragEvent): void => {
			if (hasFiles(event)) {
				event.preventDefault();
			}
		};
		const drop = (event: DragEvent): void => {
			event.preventDefault();
			depth = 0;
			setIsOver(false);
			void takeFiles([...(event.dataTransfer?.files ?? [])]);
		};
		const paste = (event: ClipboardEvent): void => {
			const files = [...(event.clipboardData?.files ?? [])];
			if (files.length > 0) {
				event.preventDefault();
				void takeFiles(files);
			}
		};
		const listening = new AbortController();
		const { signal } = listening;
		addEventListener("dragenter", enter, { signal });
		addEventListener("dragleave", leave, { signal });
		addEventListener("dragover", over, { signal });
		addEventListener("drop", drop, { signal });
		addEventListener("paste", paste, { signal });
		return () => listening.abort();
	}, []);
	return (
		<>
			{children}
			{isOver ? (
				<div className="drop-veil" aria-hidden="true">
					<p>Drop to open</p>
				</div>
			) : undefined}
		</>
	);
}
