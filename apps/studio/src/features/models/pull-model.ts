import { keepStoredModels } from "@dinoseg/web/models";
import { IS_STATIC } from "../../app/static-build.ts";
import { setState } from "../../app/store.ts";
import { say, sayError } from "../../app/toasts.ts";
import { sessionOf } from "../../app/work.ts";

/** Download a model, and show how far that is. @throws what ended it */
export async function pullModel(model: string, signal: AbortSignal): Promise<void> {
	const client = sessionOf();
	setState({ download: { model, share: 0 } });
	try {
		if (IS_STATIC) {
			// Browsers may ask people, who need not answer.
			keepStoredModels().catch(() => undefined);
		}
		await client.call("pull", [model], {
			signal,
			onEvent: (event) => {
				if (event.type === "progress" && !signal.aborted) {
					setState({ download: { model, share: event.share ?? 0 } });
				}
			},
		});
	} finally {
		setState({ download: undefined });
		await listModels();
	}
}

/** Remove what the page stores of a model. */
export async function removeModel(model: string): Promise<void> {
	try {
		await sessionOf().call("remove", [model]);
		say(`${model} is deleted from this browser.`);
	} catch (error) {
		sayError(error);
	}
	await listModels();
}

async function listModels(): Promise<void> {
	try {
		setState({ models: await sessionOf().call("models", []) });
	} catch (error) {
		sayError(error);
	}
}
