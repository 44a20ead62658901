export { exportPicture } from "./export-picture.ts";
export { openResult } from "./opening/open-result.ts";
export { zipAll } from "./zip-all.ts";
