import { defineConfig, type HtmlTagDescriptor, type UserConfig } from "vite";
import { POLICY } from "./src/offline/policy.ts";

/** Where the files of models lie in the static build: their names say what they are. */
const assetFileNames = ({ originalFileNames }: { readonly originalFileNames: readonly string[] }): string =>
	originalFileNames.some((name) => name.includes("models/tiny/"))
		? "models/tiny/[name][extname]"
		: "assets/[name]-[hash][extname]";

const STATIC_HEAD: readonly HtmlTagDescriptor[] = [
	{ tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: POLICY } },
	{ tag: "meta", attrs: { name: "referrer", content: "no-referrer" } },
	{ tag: "meta", attrs: { name: "dinoseg-hub", content: "https://huggingface.co" } },
	{ tag: "meta", attrs: { name: "theme-color", content: "#191c20" } },
	{ tag: "link", attrs: { rel: "manifest", href: "./manifest.webmanifest" } },
	{ tag: "link", attrs: { rel: "apple-touch-icon", href: "./icon-maskable-192.png" } },
];

const SERVED: UserConfig = {
	// Wherever it is served, below whatever path.
	base: "./",
	build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0, sourcemap: true },
	worker: { format: "es" },
};

/** `--mode static`: the page is its own engine, and any server of files serves it. Else it asks a service. */
export default defineConfig(({ mode }) =>
	mode !== "static"
		? SERVED
		: {
				...SERVED,
				plugins: [
					{
						name: "static-head",
						transformIndexHtml: () => STATIC_HEAD.map((tag) => ({ ...tag, injectTo: "head-prepend" })),
					},
				],
				resolve: { conditions: ["static", "browser", "module"] },
				build: { ...SERVED.build, outDir: "dist-static", rolldownOptions: { output: { assetFileNames } } },
				worker: { ...SERVED.worker, rolldownOptions: { output: { assetFileNames } } },
				// Threads share memory only in an isolated page.
				preview: {
					headers: { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" },
				},
			},
);
