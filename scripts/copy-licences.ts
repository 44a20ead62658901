/**
 * Copies LICENSE, and what concerns it of NOTICE, into every package that is published. Part of the build and not of
 * `prepack`, which npm skips where install scripts are off.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { noticeOf } from "./notice-of.ts";
import { ROOT, workspaceFolders } from "./workspaces.ts";

const notice = readFileSync(`${ROOT}NOTICE`, "utf8");
for (const folder of workspaceFolders()) {
	copyFileSync(`${ROOT}LICENSE`, `${ROOT}${folder}/LICENSE`);
	writeFileSync(`${ROOT}${folder}/NOTICE`, noticeOf(notice, folder));
}
