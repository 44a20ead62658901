import { Camera, ImagePlus, RotateCcwClock } from "lucide";
import { connect, openLeft } from "../../app/pictures.ts";
import { IS_STATIC } from "../../app/static-build.ts";
import { setState, useStudio } from "../../app/store.ts";
import { Icon } from "../../ui/icon.tsx";
import { Examples } from "./examples.tsx";
import { chooseFiles } from "./open-files.ts";

/** What is shown while there is no picture. */
export function Welcome() {
	const connection = useStudio((state) => state.connection);
	const left = useStudio((state) => state.left);
	const isOffline = useStudio((state) => state.isOffline);
	if (connection === "unreachable" && !IS_STATIC) {
		return (
			<section className="welcome" aria-labelledby="welcome-title">
				<h1 id="welcome-title">The service does not answer</h1>
				<p>
					Start it again with <code>npx dinoseg serve</code>. Nothing that you did is lost.
				</p>
				<div className="welcome-actions">
					<button type="button" className="button is-main" onClick={() => void connect()}>
						Try again
					</button>
					<button type="button" className="button" onClick={() => setState({ dialog: "token" })}>
						It wants a token
					</button>
				</div>
			</section>
		);
	}
	return (
		<section className="welcome" aria-labelledby="welcome-title">
			<h1 id="welcome-title">Drop a photograph</h1>
			<p>It becomes segments, without labels and without training. Then shape them with your hands.</p>
			{IS_STATIC ? (
				<p className="promise">
					Your photographs stay in this page: nothing is uploaded.{" "}
					<span className={isOffline ? "" : "is-open"}>It opens without a network, too.</span>
				</p>
			) : undefined}
			<div className="welcome-actions">
				<button type="button" className="button is-main" onClick={chooseFiles}>
					<Icon of={ImagePlus} />
					Choose pictures
				</button>
				<button type="button" className="button" onClick={() => setState({ dialog: "camera" })}>
					<Icon of={Camera} />
					Camera
				</button>
				{left > 0 ? (
					<button type="button" className="button" onClick={() => void openLeft()}>
						<Icon of={RotateCcwClock} />
						{left === 1 ? "Open the picture of a closed tab" : `Open the ${left} pictures of closed tabs`}
					</button>
				) : undefined}
			</div>
			<p className="hint">
				Or paste one. JPEG, PNG, WebP, {IS_STATIC ? "BMP" : "TIFF"}, AVIF and GIF; <code>labels.png</code>,{" "}
				<code>segments.json</code> or COCO beside a photograph open its segments again.
			</p>
			<h2>Or begin with one of these</h2>
			<Examples />
		</section>
	);
}
