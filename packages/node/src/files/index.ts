export { type PublishOptions, publishFolder } from "./publish-folder.ts";
export { createTemporaryFiles, TEMPORARY_SUFFIX, type TemporaryFiles } from "./temporary-files.ts";
export { writeFileAtomically } from "./write-file.ts";
