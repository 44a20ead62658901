import { activePicture, setState, stateOf, useStudio } from "../../app/store.ts";
import { say, sayError } from "../../app/toasts.ts";
import { changeSettings, newGesture, sessionOf } from "../../app/work.ts";
import { createModelChoice } from "./choose-model.ts";

const STATES = { bundled: "bundled", cached: "on this machine", absent: "to be downloaded" } as const;

/** Outlives the menu, which is gone while another panel is shown. */
const choice = createModelChoice({
	activeId: () => stateOf().activeId,
	pull,
	use: (model) => changeSettings((settings) => ({ ...settings, model }), newGesture()),
	say,
	sayError,
});

async function pull(model: string, signal: AbortSignal): Promise<void> {
	const client = sessionOf();
	setState({ download: { model, share: 0 } });
	try {
		await client.call("pull", [model], {
			signal,
			onEvent: (event) => {
				if (event.type === "progress" && !signal.aborted) {
					setState({ download: { model, share: event.share ?? 0 } });
				}
			},
		});
		setState({ models: await client.call("models", []) });
	} finally {
		setState({ download: undefined });
	}
}

/** Which network looks at the picture. One that is not there is downloaded first. */
export function ModelMenu() {
	const models = useStudio((state) => state.models);
	const download = useStudio((state) => state.download);
	const model = useStudio((state) => (activePicture(state) ?? state).settings.model);
	const isAbsent = (name: string): boolean => models.find((entry) => entry.name === name)?.state === "absent";
	return (
		<div className="field">
			<label className="field-head" htmlFor="model">
				Model
			</label>
			<select
				id="model"
				value={download?.model ?? model}
				disabled={download !== undefined || models.length === 0}
				onChange={({ target }) => void choice.choose(target.value, isAbsent(target.value))}
			>
				{models.length === 0 ? <option>{model}</option> : undefined}
				{models.map(({ name, state }) => (
					<option key={name} value={name}>
						{name} · {STATES[state]}
					</option>
				))}
			</select>
			{download ? (
				<div className="download">
					<progress aria-label={`Downloading ${download.model}`} value={download.share} max={1} />
					<span>{Math.round(100 * download.share)} %</span>
					<button type="button" className="quiet-button" onClick={choice.cancel}>
						Cancel
					</button>
				</div>
			) : undefined}
		</div>
	);
}
