export { createFolder, type PublishOptions, publishFolder, removeEmptyFolders } from "./publish-folder.ts";
export {
	createTemporaryFiles,
	TEMPORARY_SUFFIX,
	type TemporaryFiles,
	type TemporaryFilesOptions,
} from "./temporary-files.ts";
export { type FileContent, writeFileAtomically } from "./write-file.ts";
