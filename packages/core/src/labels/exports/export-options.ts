/** What an export can be told beside the pictures. No format takes all of it. */
export interface ExportOptions {
	/** An entry for each 4-connected region in place of one for each segment. @default false */
	readonly splitRegions?: boolean | undefined;
	/** How far outlines may move, pixels; 0 keeps every pixel. @default 0 */
	readonly simplify?: number | undefined;
	/** What stands before the path of a photograph. @default "/data/local-files/?d=" */
	readonly imagePrefix?: string | undefined;
	/** Colours: `voc` those that Pascal VOC gives to indices, `segments` the segments' own. @default "voc" */
	readonly palette?: "voc" | "segments" | undefined;
}
