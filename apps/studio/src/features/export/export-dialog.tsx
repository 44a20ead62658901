import type { ExportOptions } from "@dinoseg/core/labels/formats";
import { Download } from "lucide";
import { useState } from "preact/hooks";
import { activePicture, useStudio } from "../../app/store.ts";
import { say, sayError } from "../../app/toasts.ts";
import { sessionOf } from "../../app/work.ts";
import { commandLine } from "../../session/files/command-line.ts";
import { settingsToLink } from "../../session/files/settings-link.ts";
import { Icon } from "../../ui/icon.tsx";
import { Modal } from "../../ui/modal.tsx";
import { CopyRow } from "./copy-row.tsx";
import { OUTPUTS, type OutputChoice } from "./outputs.ts";
import { saveFile } from "./save-file.ts";

const GROUPS = ["Pictures", "For other tools"] as const;
const OPTION_LABELS: Partial<Readonly<Record<keyof ExportOptions, string>>> = {
	splitRegions: "An entry for each connected part",
	polygons: "Polygons in place of run lengths",
	fullSize: "As large as the photograph",
};

/** What becomes of the segments: a file, a zip of all pictures, a link, a command. */
export function ExportDialog() {
	const picture = useStudio(activePicture);
	const pictures = useStudio((state) => state.pictures);
	const selection = useStudio((state) => state.selection);
	const [chosen, setChosen] = useState<OutputChoice>(OUTPUTS[0]);
	const [options, setOptions] = useState<ExportOptions>({});
	const [takesAll, setTakesAll] = useState(false);
	const [isWorking, setIsWorking] = useState(false);
	if (picture?.scene === undefined) {
		return (
			<Modal title="Export">
				<p>There are no segments yet.</p>
			</Modal>
		);
	}
	const { id, file, scene } = picture;
	const kind = scene.settings.options.segments;
	const ready = pictures.filter((entry) => entry.scene !== undefined);
	const given = Object.fromEntries(
		chosen.options.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
	) as ExportOptions;

	const save = async (): Promise<void> => {
		setIsWorking(true);
		try {
			const output = chosen.make(given, takesAll ? [] : selection);
			const made = takesAll
				? await sessionOf().call("exportAll", [ready.map((entry) => entry.id), output])
				: await sessionOf().call("exportFile", [id, output]);
			saveFile(takesAll ? made.name : `${file.name.replace(/\.[^.]+$/, "")}-${made.name}`, made.bytes);
			for (const { message } of made.warnings) {
				say(message, "warning");
			}
		} catch (error) {
			sayError(error);
		} finally {
			setIsWorking(false);
		}
	};

	const command = commandLine(scene.settings, file.name);
	const link = `${location.origin}${location.pathname}#${settingsToLink(scene.settings)}`;

	return (
		<Modal title="Export">
			<div className="export">
				{GROUPS.map((group) => (
					<fieldset key={group}>
						<legend>{group}</legend>
						<div className="export-choices">
							{OUTPUTS.filter((output) => output.group === group && (output.only ?? kind) === kind).map((output) => (
								<label key={output.key} className={`export-choice${output.key === chosen.key ? " is-chosen" : ""}`}>
									<input
										type="radio"
										name="output"
										checked={output.key === chosen.key}
										onChange={() => setChosen(output)}
									/>
									{output.title}
								</label>
							))}
						</div>
					</fieldset>
				))}
				<p className="hint" aria-live="polite">
					{chosen.description}
					{chosen.key === "cutout" && selection.length === 0 ? ". Nothing is selected: the largest segment" : ""}
				</p>
				{chosen.options.map((key) =>
					key === "simplify" ? (
						<label key={key} className="switch-row">
							Outlines may move by
							<input
								type="number"
								min={0}
								max={20}
								step={0.5}
								value={options.simplify ?? 0}
								onInput={({ currentTarget }) =>
									setOptions({ ...options, simplify: Math.max(0, currentTarget.valueAsNumber || 0) })
								}
							/>
							pixels
						</label>
					) : (
						<label key={key} className="switch-row">
							<input
								type="checkbox"
								checked={options[key] === true}
								onChange={({ currentTarget }) => setOptions({ ...options, [key]: currentTarget.checked })}
							/>
							{OPTION_LABELS[key]}
						</label>
					),
				)}
				{ready.length > 1 ? (
					<label className="switch-row">
						<input
							type="checkbox"
							checked={takesAll}
							onChange={({ currentTarget }) => setTakesAll(currentTarget.checked)}
						/>
						Of all {ready.length} pictures, as one zip
					</label>
				) : undefined}
				<button type="button" className="button is-main" disabled={isWorking} onClick={() => void save()}>
					<Icon of={Download} />
					{isWorking ? "Writing…" : "Save"}
				</button>
				<div className="export-text">
					<h3>The same on the command line</h3>
					<CopyRow text={command} what="command" />
					{scene.isEdited ? <p className="hint">What was done by hand is not in the command.</p> : undefined}
					<h3>A link with these settings</h3>
					<CopyRow text={link} what="link" />
				</div>
			</div>
		</Modal>
	);
}
