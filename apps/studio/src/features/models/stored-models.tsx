import { useEffect, useState } from "preact/hooks";
import { useStudio } from "../../app/store.ts";
import { formatBytes } from "./format-bytes.ts";
import { removeModel } from "./pull-model.ts";

/** The models that the browser stores for the page, wholly or in part, what they take, and how they go. */
export function StoredModels() {
	const models = useStudio((state) => state.models);
	const download = useStudio((state) => state.download);
	const stored = models.filter(({ bytes = 0 }) => bytes > 0);
	const [room, setRoom] = useState<StorageEstimate>({});
	useEffect(() => {
		if (models.length > 0) {
			// Without it nothing is said of room.
			navigator.storage?.estimate().then(setRoom, () => undefined);
		}
	}, [models]);
	if (stored.length === 0) {
		return undefined;
	}
	return (
		<>
			<ul className="stored-models" aria-label="Stored models">
				{stored.map(({ name, state, bytes = 0 }) => (
					<li key={name}>
						<span>{name}</span>
						<span>
							{state === "cached" ? "" : "a part, "}
							{formatBytes(bytes)}
						</span>
						<button
							type="button"
							className="quiet-button"
							aria-label={`Delete ${name}`}
							disabled={download?.model === name}
							onClick={() => void removeModel(name)}
						>
							Delete
						</button>
					</li>
				))}
			</ul>
			{room.usage !== undefined && room.quota !== undefined ? (
				<p className="hint">
					The page stores {formatBytes(room.usage)}; the browser allows {formatBytes(room.quota)}.
				</p>
			) : undefined}
		</>
	);
}
