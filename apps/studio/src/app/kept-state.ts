/** Some fields of a state that outlive the page, as long as its tab lives. */
export interface KeptState<State> {
	/** What was kept; nothing if it cannot be read. */
	read(): Partial<State>;
	/** Keep what has changed. */
	keep(state: State, before: State): void;
}

/** Keep fields of a state under a name. */
export function createKeptState<State extends object>(
	name: string,
	fields: readonly (keyof State)[],
): KeptState<State> {
	return {
		read() {
			try {
				return JSON.parse(sessionStorage.getItem(name) ?? "{}");
			} catch {
				return {};
			}
		},
		keep(state, before) {
			if (fields.some((field) => state[field] !== before[field])) {
				const kept = Object.fromEntries(fields.map((field) => [field, state[field]]));
				sessionStorage.setItem(name, JSON.stringify(kept));
			}
		},
	};
}
