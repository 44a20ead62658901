import { setState } from "../app/store.ts";
import { say } from "../app/toasts.ts";

/** Have the browser keep the page, so that it opens without a network. Where browsers keep none, it works all the same. */
export async function keepPage(): Promise<void> {
	if (navigator.serviceWorker === undefined) {
		return;
	}
	try {
		const registration = await navigator.serviceWorker.register(new URL("service-worker.js", document.baseURI));
		registration.addEventListener("updatefound", () => {
			const { installing } = registration;
			const isUpdate = navigator.serviceWorker.controller !== null;
			installing?.addEventListener("statechange", () => {
				if (isUpdate && installing.state === "installed") {
					say("A newer studio is here. It opens once all tabs of this one are closed.");
				}
			});
		});
		await navigator.serviceWorker.ready;
		setState({ isOffline: true });
	} catch {
		// A private window, or a host that has no such file: then the network is needed each time.
	}
}
