/** First byte that is free for arguments and results. Bytes below it are constants. */
export function heapStart(): usize {
	return __heap_base;
}
