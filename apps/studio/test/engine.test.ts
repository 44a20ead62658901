import { decodeLabelPng, type LabelMap } from "@dinoseg/core/labels";
import { DEFAULT_OPTIONS, type SegmentationOptions } from "@dinoseg/core/options";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { pngHeader } from "../../../packages/node/test/support/make-image.ts";
import { DEFAULT_SETTINGS } from "../src/app/default-settings.ts";
import type { EngineModel } from "../src/engine/engine.ts";
import type { Settings } from "../src/session/scene.ts";
import { exampleFile, type GivenFile } from "./support/page.ts";
import { type PageSession, startPageSession } from "./support/page-session.ts";
import { serveStaticStudio } from "./support/static-studio.ts";
import { CHROMIUM, hasBrowser, PATIENCE_MS, type Site, type SiteTests, useSite, useStudio } from "./support/studio.ts";

interface Opened {
	/** Data in base64. */
	readonly photograph: { readonly width: number; readonly height: number; readonly data: string };
}

/** For a network that takes milliseconds. */
const settingsWith = (options: Partial<SegmentationOptions> = {}): Settings => ({
	...DEFAULT_SETTINGS,
	options: { ...DEFAULT_OPTIONS, segments: "regions", inputSize: 126, ...options },
});

/** A photograph whose pixels no decoder changes. */
async function losslessPhotograph(): Promise<GivenFile> {
	const { bytes } = await exampleFile("coffee.jpg");
	return { name: "coffee.png", bytes: await sharp(bytes).resize(300).removeAlpha().png().toBuffer() };
}

describe.skipIf(!hasBrowser)(
	`the engines of the studio, in Chromium (skipped unless ${CHROMIUM} is there)`,
	{ timeout: PATIENCE_MS },
	() => {
		const studio = useStudio();
		const pages = { "a service": studio, "the page itself": useSite(() => serveStaticStudio()) } as const;
		const names = Object.keys(pages) as (keyof typeof pages)[];

		const openSession = async (name: keyof typeof pages): Promise<PageSession> => {
			const isService = name === "a service";
			const tests: Pick<SiteTests<Site>, "open" | "forgive"> = pages[name];
			// A document of the same origin that starts nothing by itself, and names no icon.
			tests.forgive(/status of 404/);
			const page = await tests.open({ path: `${isService ? "/" : ""}examples/examples.json` });
			const session = await startPageSession(page, isService ? "dist" : "dist-static");
			const url = isService ? studio.service.url : "https://huggingface.co";
			expect(await session.call("connect", [{ url }, `${Math.random()}`])).toEqual({});
			return session;
		};

		describe.each(names)("%s", (name) => {
			it("lists its models, says why it cannot open something, ends what is cancelled, and goes on", async () => {
				const session = await openSession(name);
				const { value = [] } = await session.call<EngineModel[]>("models", []);
				expect(value.find(({ isDefault }) => isDefault)).toMatchObject({ name: "tiny", state: "bundled" });
				expect(value.find((model) => model.name === "dinov2-small")).toMatchObject({
					state: "absent",
					isDefault: false,
				});

				for (const [bytes, code, message] of [
					[Buffer.from("no picture"), "IMAGE_UNSUPPORTED", /JPEG, PNG/],
					[Buffer.alloc(0), "INPUT_EMPTY", /zero bytes/],
					[pngHeader(12_000, 10_000), "IMAGE_TOO_LARGE", /12000 x 10000.* at most \d+0000 are/],
				] as const) {
					const { error } = await session.call("open", ["1", "FILE", settingsWith()], { name: "a.png", bytes });
					expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
				}

				const file = await losslessPhotograph();
				const opening = await session.callAndCancel("open", ["1", "FILE", settingsWith()], file);
				expect(opening.error).toMatchObject({ code: "ABORTED" });
				expect(await session.call("open", ["1", "FILE", settingsWith()], file)).toMatchObject({
					value: { warnings: [] },
				});
				const segmenting = await session.callAndCancel("segment", ["1", settingsWith(), 1]);
				expect(segmenting.error).toMatchObject({ code: "ABORTED" });
				const absent = await session.call("segment", ["1", { ...settingsWith(), model: "dinov2-small" }, 2]);
				expect(absent.error).toMatchObject({ code: "MODEL_NOT_CACHED" });
				expect((await session.call("segment", ["1", settingsWith(), 3])).error).toBeUndefined();
			});
		});

		it("give the same pixels, and all but the same segments", async () => {
			const file = await losslessPhotograph();
			const made = await Promise.all(
				names.map(async (name) => {
					const session = await openSession(name);
					const { value } = await session.call<Opened>("open", ["1", "FILE", settingsWith()], file);
					const maps: LabelMap[] = [];
					for (const [gesture, settings] of [
						settingsWith(),
						settingsWith({ segments: "clusters", clusters: 5 }),
					].entries()) {
						expect((await session.call("segment", ["1", settings, gesture])).error).toBeUndefined();
						const png = await session.call<{ readonly bytes: string }>("exportFile", ["1", { file: "labels.png" }]);
						maps.push(await decodeLabelPng(Buffer.from(png.value?.bytes ?? "", "base64")));
					}
					return { photograph: value?.photograph, maps };
				}),
			);
			const [served, own] = made;
			expect(own.photograph).toEqual(served.photograph);
			for (const [index, map] of own.maps.entries()) {
				const same = map.data.filter((id, at) => id === served.maps[index].data[at]).length;
				expect(same / map.data.length).toBeGreaterThan(0.98);
			}
		});
	},
);
