/** The name that a segment has until someone gives it another. */
export function defaultSegmentName(id: number): string {
	return `segment-${id}`;
}
