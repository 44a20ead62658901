/** The file whose presence means that a folder holds a complete result. */
export const RESULT_MARKER = "segments.json";
/** The label map in the folder of a result. */
export const RESULT_LABELS = "labels.png";
