/**
 * Run one piece of work at a time, and of those that come meanwhile only the last: what moves under a slider is never
 * behind.
 */
export function createLatest(): (work: () => Promise<void>) => void {
	let isRunning = false;
	let next: (() => Promise<void>) | undefined;
	const run = async (): Promise<void> => {
		isRunning = true;
		for (let work = next; work !== undefined; work = next) {
			next = undefined;
			await work();
		}
		isRunning = false;
	};
	return (work) => {
		next = work;
		if (!isRunning) {
			void run();
		}
	};
}
