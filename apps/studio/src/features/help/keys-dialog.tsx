import { ACTIONS, type Binding, KEYMAP, keyName } from "../../keymap.ts";
import { Modal } from "../../ui/modal.tsx";

const GROUPS = ["Tools", "Segments", "View", "Pictures"] as const;

/** What only a pointer does. */
const POINTER = [
	["Wheel", "Zoom"],
	["Wheel on selection", "One step finer or coarser; with Ctrl: zoom"],
	["Space, middle", "Move the picture"],
	["Shift + click", "Select more than one"],
	["Right click", "The brush paints what is under it"],
] as const;

/** All keys, made from the keymap. */
export function KeysDialog() {
	return (
		<Modal title="Keys">
			<div className="keys">
				{GROUPS.map((group) => (
					<section key={group}>
						<h3>{group}</h3>
						<dl>
							{ACTIONS.filter((action) => KEYMAP[action].group === group).map((action) => {
								const { keys, ctrl, label }: Binding = KEYMAP[action];
								return (
									<div key={action}>
										<dt>
											{keys.map((key) => (
												<kbd key={key}>{`${ctrl ? "Ctrl " : ""}${keyName(key)}`}</kbd>
											))}
										</dt>
										<dd>{label}</dd>
									</div>
								);
							})}
						</dl>
					</section>
				))}
				<section>
					<h3>Pointer</h3>
					<dl>
						{POINTER.map(([what, does]) => (
							<div key={what}>
								<dt>
									<kbd>{what}</kbd>
								</dt>
								<dd>{does}</dd>
							</div>
						))}
					</dl>
				</section>
			</div>
		</Modal>
	);
}
