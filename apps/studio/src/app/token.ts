const NAME = "dinoseg-token";

/** What the service wants to be shown, as long as the tab lives. */
export function readToken(): string | undefined {
	return sessionStorage.getItem(NAME) ?? undefined;
}

export function keepToken(token: string): void {
	sessionStorage.setItem(NAME, token);
}
