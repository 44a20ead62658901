import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/**
 * Give back the memory of large arrays that nobody holds any more.
 *
 * V8 does not know of all that libraries hold: the pixels of a large photograph lie there twice until it collects, and it
 * sees no reason to.
 */
export function collectGarbage(): void {
	if (collect === undefined) {
		setFlagsFromString("--expose-gc");
		collect = runInNewContext("gc") as () => void;
	}
	collect();
}
