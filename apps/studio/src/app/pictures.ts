/** Pictures are opened, put to sleep, and closed. */
import { isDinosegError } from "@dinoseg/core/errors";
import { settingsFromLink } from "../session/files/settings-link.ts";
import type { Settings } from "../session/scene.ts";
import { DEFAULT_SETTINGS } from "./default-settings.ts";
import { createPictureModel } from "./picture-model.ts";
import { randomId } from "./random-id.ts";
import { engineAddress } from "./static-build.ts";
import { activePicture, type PictureEntry, pictureOf, setState, stateOf, updatePicture } from "./store.ts";
import { tabKey } from "./tab-key.ts";
import { makeThumbnail } from "./thumbnail.ts";
import { say, sayError } from "./toasts.ts";
import { readToken } from "./token.ts";
import { afterCrash, callScene, fail, forgetLatest, newGesture, sessionOf, showProgress, showScene } from "./work.ts";

/** Pixels of the pictures that the page holds: others sleep until they are shown. */
const AWAKE_PIXELS = 96_000_000;
/** A worker that ends again within so many milliseconds is not started a third time. */
const CRASH_MS = 60_000;

let ownedKey: Promise<string> | undefined;
/** Until the session has its engine: a person may be faster. */
let engineThere: Promise<unknown> = Promise.resolve();
/** Of pictures that are being opened: closing one ends that. */
const openings = new Map<string, AbortController>();
/** They are opened one after the other. */
let lastOpening: Promise<void> = Promise.resolve();
let crashedAt = Number.NEGATIVE_INFINITY;

afterCrash(() => {
	const isAgain = performance.now() - crashedAt < CRASH_MS;
	crashedAt = performance.now();
	if (isAgain) {
		say("The part of the page that computes has stopped again. Load the page again; what you did is kept.", "error");
		return;
	}
	say("The part of the page that computes has stopped, and starts again. What you did is kept.", "error");
	const { pictures, activeId } = stateOf();
	const shown = pictures.filter(({ id, model }) => model !== undefined || id === activeId);
	for (const { id } of shown.sort((a, b) => Number(b.id === activeId) - Number(a.id === activeId))) {
		updatePicture(id, { model: undefined, scene: undefined, status: { type: "working", what: "Waiting" } });
		startPicture(id);
	}
	void connect();
});

/** What is to be kept in a moment is kept before the page can end. */
export function keepWhenHidden(): void {
	document.addEventListener("visibilitychange", () => {
		if (document.visibilityState === "hidden") {
			void sessionOf().call("flush", []).catch(sayError);
		}
	});
}

/** Find the engine, its models, and what this tab had open before. */
export async function connect(): Promise<void> {
	takeLink();
	setState({ connection: "connecting" });
	const client = sessionOf();
	ownedKey ??= tabKey();
	const onEvent = (event: Parameters<typeof showProgress>[1]): void => showProgress("", event);
	const connected = ownedKey.then((key) =>
		client.call("connect", [{ url: engineAddress(), token: readToken() }, key], { onEvent }),
	);
	engineThere = connected.catch(() => undefined);
	try {
		await connected;
		const models = await client.call("models", []);
		const standard = models.find(({ isDefault }) => isDefault)?.name;
		setState(({ settings }) => ({
			connection: "ready",
			models,
			settings: settings.model === DEFAULT_SETTINGS.model && standard ? { ...settings, model: standard } : settings,
		}));
		await openKept();
		setState({ left: await client.call("left", []) });
	} catch (error) {
		const needsToken = isDinosegError(error) && error.code === "TOKEN_REQUIRED";
		setState({ connection: "unreachable", ...(needsToken ? { dialog: "token" } : {}) });
		if (!needsToken) {
			sayError(error);
		}
	}
}

/** Open what this tab had open before, first what was shown. */
async function openKept(): Promise<void> {
	const kept = await sessionOf().call("kept", []);
	const missing = kept.filter(({ id }) => pictureOf(id) === undefined);
	const { activeId } = stateOf();
	if (activePicture() === undefined && !kept.some(({ id }) => id === activeId)) {
		setState({ activeId: kept[0]?.id });
	}
	const { settings: standard } = stateOf();
	for (const { id, file, state } of missing) {
		addPicture(id, file, state?.settings ?? standard);
	}
	const shown = stateOf().activeId;
	for (const { id } of missing.sort((a, b) => Number(b.id === shown) - Number(a.id === shown))) {
		startPicture(id);
	}
}

/** Open what closed tabs had open. */
export async function openLeft(): Promise<void> {
	try {
		await sessionOf().call("takeLeft", []);
		setState({ left: 0 });
		await openKept();
	} catch (error) {
		sayError(error);
	}
}

/** Take the settings of the link by which the page was opened. */
function takeLink(): void {
	if (location.hash.length > 1) {
		const { settings, ignored } = settingsFromLink(location.hash);
		setState({ settings });
		for (const { key, reason } of ignored) {
			say(`The link's ${key} was left out. ${reason}`, "warning");
		}
		history.replaceState(null, "", location.pathname);
	}
}

/** Open files as pictures with the settings of now. @returns when all are open, or have failed. */
export async function openFiles(files: readonly File[]): Promise<void> {
	const { settings } = stateOf();
	const ids = files.map((file) => {
		const id = newPictureId();
		addPicture(id, file, settings);
		return id;
	});
	for (const id of ids) {
		startPicture(id);
	}
	await lastOpening;
}

/** Ids rise, so that pictures keep their order. */
function newPictureId(): string {
	return `${Date.now().toString(36).padStart(9, "0")}-${randomId().slice(0, 8)}`;
}

function addPicture(id: string, file: File, settings: Settings): void {
	const entry: PictureEntry = { id, file, settings, status: { type: "working", what: "Waiting" } };
	setState(({ pictures, activeId }) => ({ pictures: [...pictures, entry], activeId: activeId ?? id }));
}

/** Decode and segment a picture, after those that are being opened: at first, after it failed, or after it slept. */
export function startPicture(id: string): void {
	if (openings.has(id)) {
		return;
	}
	const opening = new AbortController();
	openings.set(id, opening);
	lastOpening = lastOpening.then(async () => {
		try {
			await openPicture(id, opening.signal);
		} catch (error) {
			fail(id, error);
		} finally {
			openings.delete(id);
		}
	});
}

async function openPicture(id: string, signal: AbortSignal): Promise<void> {
	await engineThere;
	const entry = pictureOf(id);
	if (entry === undefined) {
		return;
	}
	const { photograph, warnings } = await sessionOf().call("open", [id, entry.file, entry.settings], {
		signal,
		onEvent: (event) => showProgress(id, event),
	});
	for (const { message } of warnings) {
		say(`${entry.file.name}: ${message}`, "warning");
	}
	const thumbnail = entry.thumbnail ?? (await makeThumbnail(photograph));
	const now = pictureOf(id);
	if (now === undefined) {
		URL.revokeObjectURL(thumbnail);
		await sessionOf().call("close", [id]);
		return;
	}
	updatePicture(id, { model: createPictureModel(photograph), thumbnail });
	showScene(id, await callScene(id, "segment", [id, now.settings, newGesture()], signal));
	putToSleep();
}

/** Show another picture. */
export function showPicture(id: string): void {
	if (id === stateOf().activeId) {
		return;
	}
	const picture = pictureOf(id);
	setState({
		activeId: id,
		selection: [],
		hovered: undefined,
		explanation: undefined,
		...(picture ? { settings: picture.settings, label: picture.scene?.segments[0]?.id ?? 0 } : {}),
	});
	if (picture?.status.type === "sleeping") {
		updatePicture(id, { status: { type: "working", what: "Waiting" } });
		startPicture(id);
	}
	updatePicture(id, { shownAt: performance.now() });
}

/** Let go of what the page holds of pictures that were not shown for the longest time. */
function putToSleep(): void {
	const { pictures, activeId } = stateOf();
	const awake = pictures
		.filter(({ model, status }) => model !== undefined && status.type === "ready")
		.sort((a, b) => Number(b.id === activeId) - Number(a.id === activeId) || (b.shownAt ?? 0) - (a.shownAt ?? 0));
	let pixels = 0;
	for (const { id, model } of awake) {
		pixels += model?.parts.length ?? 0;
		if (pixels > AWAKE_PIXELS && id !== activeId) {
			updatePicture(id, { model: undefined, scene: undefined, status: { type: "sleeping" } });
			void sessionOf().call("sleep", [id]).catch(sayError);
		}
	}
}

/** Take a picture out of the filmstrip. */
export async function closePicture(id: string): Promise<void> {
	openings.get(id)?.abort();
	forgetLatest(id);
	const { pictures, activeId } = stateOf();
	const at = pictures.findIndex((picture) => picture.id === id);
	const left = pictures.filter((picture) => picture.id !== id);
	const thumbnail = pictures[at]?.thumbnail;
	if (thumbnail) {
		URL.revokeObjectURL(thumbnail);
	}
	setState({ pictures: left });
	if (activeId === id) {
		const next = left[Math.min(at, left.length - 1)];
		if (next) {
			showPicture(next.id);
		} else {
			setState({ activeId: undefined, selection: [], explanation: undefined });
		}
	}
	await sessionOf().call("close", [id]).catch(sayError);
}
