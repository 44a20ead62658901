import { useEffect, useState } from "preact/hooks";

/**
 * A value as it was two frames of the page ago, or when it last stood still for so long: what takes long to show is shown
 * after the picture.
 */
export function useAfterPicture<T>(value: T): T {
	const [shown, setShown] = useState(value);
	useEffect(() => {
		let frame = requestAnimationFrame(() => {
			frame = requestAnimationFrame(() => setShown(value));
		});
		return () => cancelAnimationFrame(frame);
	}, [value]);
	return shown;
}
