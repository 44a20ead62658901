const NAME = "dinoseg-theme";

/** Whether the colours are dark: as chosen, else as the system says. */
export function isDark(): boolean {
	const chosen = localStorage.getItem(NAME);
	return chosen === null ? matchMedia("(prefers-color-scheme: dark)").matches : chosen === "dark";
}

export function setDark(dark: boolean): void {
	localStorage.setItem(NAME, dark ? "dark" : "light");
	showTheme();
}

/** Give the page its colours. */
export function showTheme(): void {
	document.documentElement.dataset["theme"] = isDark() ? "dark" : "light";
}
