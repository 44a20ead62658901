/** What choosing a model needs of the page. */
export interface ModelPage {
	/** The picture that is shown. */
	activeId(): string | undefined;
	/** Download a model. @throws what ended it */
	pull(model: string, signal: AbortSignal): Promise<void>;
	/** Segment the picture that is shown with a model. */
	use(model: string): void;
	say(message: string): void;
	sayError(error: unknown): void;
}

/** Chooses models. A download goes on whatever the page shows meanwhile. */
export interface ModelChoice {
	/** Take a model for the picture that is shown now. @param isAbsent it is downloaded first. */
	choose(model: string, isAbsent: boolean): Promise<void>;
	/** End the download. */
	cancel(): void;
}

/** Choose models for a page, which lets one be downloaded at a time. */
export function createModelChoice(page: ModelPage): ModelChoice {
	let controller: AbortController | undefined;

	const download = async (model: string): Promise<boolean> => {
		controller = new AbortController();
		try {
			await page.pull(model, controller.signal);
			return true;
		} catch (error) {
			page.sayError(error);
			return false;
		}
	};

	return {
		async choose(model, isAbsent) {
			const id = page.activeId();
			if (isAbsent && !(await download(model))) {
				return;
			}
			if (page.activeId() !== id) {
				page.say(`${model} is here. Another picture is shown now, so it was not taken: choose it where you want it.`);
				return;
			}
			if (isAbsent) {
				page.say(`${model} is here.`);
			}
			page.use(model);
		},
		cancel: () => controller?.abort(),
	};
}
