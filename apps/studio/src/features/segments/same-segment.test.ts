import { expect, it } from "vitest";
import type { SceneSegment } from "../../session/scene.ts";
import { isSameSegment } from "./same-segment.ts";

const segment: SceneSegment = { id: 3, name: "sky", color: [1, 2, 3], pixels: 40, isLocked: false, isHidden: false };
const OTHERS: Readonly<Record<keyof SceneSegment, unknown>> = {
	id: 4,
	name: "sea",
	color: [1, 2, 4],
	pixels: 41,
	isLocked: true,
	isHidden: true,
};

it("segments are the same if all of their fields are, whatever objects they are", () => {
	expect(isSameSegment(segment, structuredClone(segment))).toBe(true);
});

it.each(Object.entries(OTHERS))("segments with another %s are not the same", (field, value) => {
	expect(isSameSegment(segment, { ...segment, [field]: value })).toBe(false);
});
