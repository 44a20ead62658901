import type { SceneSegment } from "../../session/scene.ts";

/** Whether two segments look alike in the list: those of another scene are other objects, also where nothing changed. */
export function isSameSegment(one: SceneSegment, other: SceneSegment): boolean {
	return (
		one.id === other.id &&
		one.name === other.name &&
		one.pixels === other.pixels &&
		one.isLocked === other.isLocked &&
		one.isHidden === other.isHidden &&
		one.color.every((value, channel) => value === other.color[channel])
	);
}
