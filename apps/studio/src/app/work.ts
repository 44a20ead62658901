/** What the page does: calls of the session, and what becomes of the state. */
import { isDinosegError } from "@dinoseg/core/errors";
import type { Scene, Settings } from "../session/scene.ts";
import type { SessionApi, SessionEvent } from "../session/session-api.ts";
import type { CallArguments } from "../worker/call-rpc.ts";
import { createLatest } from "./latest.ts";
import { updateModel } from "./picture-model.ts";
import { type SessionClient, startSession } from "./session-client.ts";
import { activePicture, pictureOf, setState, stateOf, updatePicture, withPicture } from "./store.ts";
import { explain, say, sayError } from "./toasts.ts";

let session: SessionClient | undefined;
let lastGesture = 0;
let onCrash = (): void => undefined;

/** Say what is to be done after the worker ended of itself. */
export function afterCrash(restart: () => void): void {
	onCrash = restart;
}

/** The session; it is started when it is first needed, and again after it crashed. */
export function sessionOf(): SessionClient {
	session ??= startSession(() => {
		session = undefined;
		onCrash();
	});
	return session;
}

/** A number for calls that are one step together: until the pointer is let go. */
export function newGesture(): number {
	return ++lastGesture;
}

/** Tell what a call for a picture tells. */
export function showProgress(id: string, event: SessionEvent): void {
	if (event.type === "progress") {
		updatePicture(id, { status: { type: "working", what: event.what, share: event.share } });
	} else {
		say(event.message, "warning");
	}
}

/** A call for a picture has failed. What is there stays: only what was asked for did not come. */
export function fail(id: string, error: unknown): void {
	const entry = pictureOf(id);
	if (entry === undefined) {
		return;
	}
	if (isDinosegError(error) && error.code === "TOKEN_REQUIRED") {
		setState({ dialog: "token" });
	}
	if (entry.scene) {
		updatePicture(id, { status: { type: "ready" }, settings: entry.scene.settings });
		sayError(error);
	} else {
		updatePicture(id, { status: { type: "failed", message: explain(error) } });
	}
}

/** Methods that answer with the scene of one picture. */
type SceneMethod = "segment" | "edit" | "undo" | "redo" | "openLabels";
type ArgumentsOf<K extends SceneMethod> = CallArguments<SessionApi[K], SessionEvent>;

/** Call a method that answers with a scene. */
export function callScene<K extends SceneMethod>(
	id: string,
	method: K,
	args: ArgumentsOf<K>,
	signal?: AbortSignal,
): Promise<Scene> {
	return sessionOf().call(method, args, { signal, onEvent: (event) => showProgress(id, event) });
}

const NOT_KEPT =
	"The browser has no room to keep what you do: it is lost when the page is closed or loaded again. Export it, or close pictures.";

/** Show what a call made of a picture. */
export function showScene(id: string, scene: Scene): void {
	const model = pictureOf(id)?.model;
	if (model === undefined) {
		return;
	}
	if (!scene.isKept) {
		say(NOT_KEPT, "warning");
	}
	updateModel(model, scene);
	const ids = new Set(scene.segments.map((segment) => segment.id));
	// In one step: the picture is drawn once.
	setState(({ pictures, activeId, selection, label }) => ({
		pictures: withPicture(pictures, id, { scene, settings: scene.settings, status: { type: "ready" } }),
		...(id === activeId
			? {
					selection: selection.filter((segment) => ids.has(segment)),
					label: label === "new" || ids.has(label) ? label : (scene.segments[0]?.id ?? 0),
					// What was said of a segment is not true of what became of it.
					explanation: undefined,
				}
			: {}),
	}));
}

/**
 * Do something to the segments of the active picture.
 *
 * @returns whether it was done, and its picture is still shown.
 */
export async function change<K extends SceneMethod>(
	method: K,
	...args: ArgumentsOf<K> extends [string, ...infer Rest] ? Rest : never
): Promise<boolean> {
	const id = stateOf().activeId;
	if (id === undefined) {
		return false;
	}
	try {
		showScene(id, await callScene(id, method, [id, ...args] as unknown as ArgumentsOf<K>));
		return id === stateOf().activeId;
	} catch (error) {
		fail(id, error);
		return false;
	}
}

/** Of each picture: a slow one does not hold up another. */
const latest = new Map<string, ReturnType<typeof createLatest>>();

/** Forget what waits for a picture. */
export function forgetLatest(id: string): void {
	latest.delete(id);
}

/** Segment the active picture otherwise. @param gesture of the slider that moves. */
export function changeSettings(change: (settings: Settings) => Settings, gesture: number): void {
	const picture = activePicture();
	const settings = change(picture?.settings ?? stateOf().settings);
	setState({ settings });
	if (picture === undefined) {
		return;
	}
	const { id } = picture;
	updatePicture(id, { settings });
	if (picture.scene === undefined) {
		// It is segmented with them once it is open.
		return;
	}
	const run = latest.get(id) ?? createLatest();
	latest.set(id, run);
	run(async () => {
		try {
			const scene = await callScene(id, "segment", [id, settings, gesture]);
			// The slider has moved on: its place is not taken back.
			const wanted = pictureOf(id)?.settings ?? settings;
			showScene(id, scene);
			if (wanted !== settings) {
				updatePicture(id, { settings: wanted });
			}
		} catch (error) {
			fail(id, error);
		}
	});
}
