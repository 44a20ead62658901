/**
 * Ask the browser not to drop what this origin keeps when the disk fills. Some ask the user. Workers cannot call it.
 *
 * @returns whether it is kept from now on.
 */
export async function keepStoredModels(): Promise<boolean> {
	const storage = navigator.storage as (StorageManager & { persist?(): Promise<boolean> }) | undefined;
	return (await storage?.persist?.()) ?? false;
}
