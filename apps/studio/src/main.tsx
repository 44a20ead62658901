import { render } from "preact";
import { App } from "./app/app.tsx";
import { keepWhenHidden } from "./app/pictures.ts";
import { IS_STATIC } from "./app/static-build.ts";
import { showTheme } from "./app/theme.ts";
import { keepPage } from "./offline/keep-page.ts";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/stage.css";
import "./styles/panel.css";
import "./styles/segments.css";
import "./styles/filmstrip.css";
import "./styles/welcome.css";
import "./styles/overlays.css";
import "./styles/narrow.css";

showTheme();
keepWhenHidden();
if (IS_STATIC) {
	// What the page itself needs comes first.
	addEventListener("load", () => void keepPage(), { once: true });
}
const root = document.getElementById("root");
if (root) {
	render(<App />, root);
}
