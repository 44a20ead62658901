/** Give a person a file: the browser saves it where it saves downloads. */
export function saveFile(name: string, bytes: Uint8Array): void {
	const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	// The download has begun by the next task; the bytes are free then.
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
