/** The part of WebCodecs that reads pictures. Source: https://www.w3.org/TR/webcodecs/#imagedecoder-interface */
interface FrameDecoder {
	readonly tracks: {
		readonly ready: Promise<void>;
		readonly selectedTrack: { readonly frameCount: number } | null;
	};
	readonly completed: Promise<void>;
	decode(options: { readonly frameIndex: number }): Promise<{ readonly image: VideoFrame }>;
	close(): void;
}

type FrameDecoderClass = new (init: { readonly data: Uint8Array; readonly type: string }) => FrameDecoder;

/** The frames of a file that a browser can tell apart. */
export interface Frames {
	readonly count: number;
	/** @param number 1-based, at most `count`. */
	read(number: number): Promise<VideoFrame>;
	close(): void;
}

/** The frames of an animation; undefined where the browser has nothing that counts them, or cannot read the file. */
export async function openFrames(bytes: Uint8Array, mediaType: string): Promise<Frames | undefined> {
	const { ImageDecoder } = globalThis as { readonly ImageDecoder?: FrameDecoderClass };
	if (ImageDecoder === undefined) {
		return undefined;
	}
	const decoder = new ImageDecoder({ data: bytes, type: mediaType });
	try {
		await Promise.all([decoder.tracks.ready, decoder.completed]);
	} catch {
		decoder.close();
		return undefined;
	}
	return {
		count: decoder.tracks.selectedTrack?.frameCount ?? 1,
		read: async (number) => (await decoder.decode({ frameIndex: number - 1 })).image,
		close: () => decoder.close(),
	};
}
