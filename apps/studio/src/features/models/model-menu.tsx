import { IS_STATIC } from "../../app/static-build.ts";
import { activePicture, stateOf, useStudio } from "../../app/store.ts";
import { say, sayError } from "../../app/toasts.ts";
import { changeSettings, newGesture } from "../../app/work.ts";
import { createModelChoice } from "./choose-model.ts";
import { pullModel } from "./pull-model.ts";
import { StoredModels } from "./stored-models.tsx";
import { WhereComputed } from "./where-computed.tsx";

const STATES = {
	bundled: "bundled",
	cached: IS_STATIC ? "in this browser" : "on this machine",
	absent: "to be downloaded",
} as const;

/** Outlives the menu, which is gone while another panel is shown. */
const choice = createModelChoice({
	activeId: () => stateOf().activeId,
	pull: pullModel,
	use: (model) => changeSettings((settings) => ({ ...settings, model }), newGesture()),
	say,
	sayError,
});

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
				onChange={({ currentTarget: { value } }) => void choice.choose(value, isAbsent(value))}
			>
				{models.length === 0 ? <option>{model}</option> : undefined}
				{models.map(({ name, state, licence }) => (
					<option key={name} value={name}>
						{name} · {STATES[state]}
						{state === "absent" && licence !== null ? `, ${licence}` : ""}
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
			<WhereComputed />
			{IS_STATIC ? <StoredModels /> : undefined}
		</div>
	);
}
