import type { Misbehaviour, ServedRequest } from "../../../../fixtures/hub-server.ts";

/** Misbehave for requests of one kind. */
export const on = (what: (request: ServedRequest) => boolean, how: Misbehaviour) => (request: ServedRequest) =>
	what(request) ? how : undefined;

export const storage = (request: ServedRequest): boolean => request.host === "storage";
export const api = (request: ServedRequest): boolean => request.path.startsWith("/api/");
export const always = (): boolean => true;
