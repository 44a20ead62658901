import { useEffect, useRef, useState } from "preact/hooks";
import { setState } from "../../app/store.ts";
import { Modal } from "../../ui/modal.tsx";
import { takeFiles } from "./open-files.ts";

/** Take a picture with a camera of this device. */
export function CameraDialog() {
	const video = useRef<HTMLVideoElement>(null);
	const [problem, setProblem] = useState<string>();
	const [isReady, setIsReady] = useState(false);
	useEffect(() => {
		let stream: MediaStream | undefined;
		let isOver = false;
		const stop = (): void => {
			for (const track of stream?.getTracks() ?? []) {
				track.stop();
			}
		};
		const start = async (): Promise<void> => {
			try {
				stream = await navigator.mediaDevices.getUserMedia({
					video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
				});
				if (isOver || video.current === null) {
					stop();
					return;
				}
				video.current.srcObject = stream;
				await video.current.play();
				setIsReady(true);
			} catch (error) {
				setProblem(explainCamera(error));
			}
		};
		void start();
		return () => {
			isOver = true;
			stop();
		};
	}, []);

	const shoot = async (): Promise<void> => {
		const source = video.current;
		if (source === null) {
			return;
		}
		const canvas = new OffscreenCanvas(source.videoWidth, source.videoHeight);
		canvas.getContext("2d")?.drawImage(source, 0, 0);
		const bytes = await canvas.convertToBlob({ type: "image/png" });
		setState({ dialog: undefined });
		await takeFiles([new File([bytes], "camera.png", { type: "image/png" })]);
	};

	return (
		<Modal title="Camera">
			{problem ? <p role="alert">{problem}</p> : undefined}
			<video ref={video} className="camera" playsInline muted hidden={problem !== undefined} />
			<button type="button" className="button is-main" disabled={!isReady} onClick={() => void shoot()}>
				Take the picture
			</button>
		</Modal>
	);
}

function explainCamera(error: unknown): string {
	if (!isSecureContext) {
		return "Browsers lend the camera to pages of https and of this machine alone. Take a photograph, and choose it.";
	}
	const name = error instanceof DOMException ? error.name : "";
	if (name === "NotAllowedError") {
		return "The browser does not let this page use the camera. Allow it beside the address, and try again.";
	}
	return "No camera was found. Connect one, or choose a picture.";
}
