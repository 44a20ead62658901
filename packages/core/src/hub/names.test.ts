import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../fixtures/errors.ts";
import { KNOWN_MODELS } from "./known-models.ts";
import { parseModelName } from "./names.ts";

describe("parseModelName", () => {
	it.each([
		["dinov2-small", "facebook/dinov2-small"],
		["dinov2-base", "facebook/dinov2-base"],
		["dinov2-large", "facebook/dinov2-large"],
		["dinov2-giant", "facebook/dinov2-giant"],
		["dinov2-small-reg", "facebook/dinov2-with-registers-small"],
		["dinov2-giant-reg", "facebook/dinov2-with-registers-giant"],
		["dinov3-small", "timm/vit_small_patch16_dinov3.lvd1689m"],
		["dinov3-small-plus", "timm/vit_small_plus_patch16_dinov3.lvd1689m"],
		["dinov3-base", "timm/vit_base_patch16_dinov3.lvd1689m"],
		["dinov3-large", "timm/vit_large_patch16_dinov3.lvd1689m"],
		["dinov3-huge-plus", "timm/vit_huge_plus_patch16_dinov3.lvd1689m"],
		["facebook/dinov3-vitl16-pretrain-sat493m", "facebook/dinov3-vitl16-pretrain-sat493m"],
		["some_one/My.model-2", "some_one/My.model-2"],
	])("%s means %s", (name, repo) => {
		expect(parseModelName(name)).toEqual({ kind: "hub", name, repo, revision: "main" });
		expect(parseModelName(`${name}@refs/pr/1`)).toMatchObject({ repo, revision: "refs/pr/1" });
	});

	it("knows the bundled model, which has no revisions", () => {
		expect(parseModelName("tiny")).toEqual({ kind: "bundled", name: "tiny" });
		expect(errorOf(() => parseModelName("tiny@main")).code).toBe("MODEL_UNKNOWN");
	});

	it.each(["", "dinov2", "a/b/c", "../b", "a/..", "a/b.git", "a--b/c", "-a/b", "a/b-", "a b/c", "C:/x", "a\\b", "./a"])(
		"%j is no name, and the message has those that are",
		(name) => {
			const error = errorOf(() => parseModelName(name));
			expect(error.code).toBe("MODEL_UNKNOWN");
			for (const known of KNOWN_MODELS) {
				expect(error.message).toContain(`"${known.name}"`);
			}
		},
	);

	it.each([
		["dinov2-larg", "dinov2-large"],
		["DINOv2-Base", "dinov2-base"],
		["dinov2-small-regs", "dinov2-small-reg"],
		["dinov3-hugeplus", "dinov3-huge-plus"],
		["tyni", "tiny"],
	])("%s: did you mean %s", (name, meant) => {
		const error = errorOf(() => parseModelName(name));
		expect(error.message).toMatch(`Did you mean "`);
		expect(error.details["near"]).toContain(meant);
	});

	it.each([
		["dinov3-7b", "27 GB. Take dinov3-huge-plus"],
		["facebook/dinov3-vit7b16-pretrain-lvd1689m", "27 GB"],
		["timm/vit_7b_patch16_dinov3.sat493m@main", "27 GB"],
		["dinov3-convnext-tiny", "no patch tokens"],
		["facebook/dinov3-convnext-large-pretrain-lvd1689m", "no patch tokens"],
		["timm/convnext_small.dinov3_lvd1689m", "no patch tokens"],
	])("%s is refused, and the message says why", (name, why) => {
		const { code, message } = errorOf(() => parseModelName(name));
		expect(code).toBe("MODEL_UNKNOWN");
		expect(message).toMatch(new RegExp(`^Model "${name}" is not supported: .*${why}`));
	});

	it.each(["", "..", "a/../b", "/a", "a/", "-x", "a b", "a.lock", ".hidden", "a\\b", "x".repeat(201)])(
		"%j is no revision",
		(revision) => {
			expect(errorOf(() => parseModelName(`dinov2-small@${revision}`)).code).toBe("OPTION_INVALID");
		},
	);
});
