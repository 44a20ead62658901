import { createSegmenter } from "@dinoseg/web";

const find = <K extends keyof HTMLElementTagNameMap>(name: K) =>
	document.querySelector(name) as HTMLElementTagNameMap[K];
const [input, status, image] = [find("input"), find("p"), find("img")];
const opening = createSegmenter();

input.addEventListener("change", async () => {
	const [photograph] = input.files ?? [];
	try {
		const segmenter = await opening;
		const onEvent = (event: { type: string; stage?: string }) => {
			status.textContent = event.stage ?? "";
		};
		const [overlay] = await segmenter.render(photograph, [{ file: "overlay.png" }], { segments: "regions", onEvent });
		image.src = URL.createObjectURL(new Blob([new Uint8Array(overlay.bytes)], { type: "image/png" }));
		image.hidden = false;
		status.textContent = `Done by ${segmenter.runtime.provider}.`;
	} catch (error) {
		status.textContent = (error as Error).message;
	}
});
