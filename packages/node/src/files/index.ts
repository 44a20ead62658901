export { type FolderLock, type FolderLockOptions, lockFolder, removeTemporaries } from "./folder-lock.ts";
export { createFolder, removeEmptyFolders } from "./folders.ts";
export { portablePath } from "./portable-path.ts";
export { type PublishOptions, publishFolder } from "./publish-folder.ts";
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
