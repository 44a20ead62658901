/** What `labels.png` is, its name says: also behind the name of a photograph, and once more in a folder of downloads. */
const LABEL_FILE = /(^|[./\\_-])labels( ?\(\d+\))?\.png$|\.json$/i;

/** Whether a file holds segments, not a picture. */
export function isLabelFile(name: string): boolean {
	return LABEL_FILE.test(name);
}
