import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/app.tsx";
import { keepWhenHidden } from "./app/pictures.ts";
import { showTheme } from "./app/theme.ts";
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
const root = document.getElementById("root");
if (root) {
	createRoot(root).render(
		<StrictMode>
			<App />
		</StrictMode>,
	);
}
