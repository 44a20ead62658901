export { type FolderLock, LOCK_FILE, lockFolder } from "./folder-lock.ts";
export { createFolder, type PublishOptions, publishFolder, removeEmptyFolders } from "./publish-folder.ts";
export {
	createTemporaryFiles,
	TEMPORARY_SUFFIX,
	type TemporaryFiles,
	type TemporaryFilesOptions,
	type TemporaryNotes,
	tellTemporaryNotes,
} from "./temporary-files.ts";
export { unwritable } from "./unwritable.ts";
export { type FileContent, writeFileAtomically } from "./write-file.ts";
