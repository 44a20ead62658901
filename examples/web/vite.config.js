import { defineConfig } from "vite";

const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
	// The package finds its worker and its files beside itself.
	optimizeDeps: { exclude: ["@dinoseg/web"] },
	worker: { format: "es" },
	// With these, networks run in several threads. Without, in one.
	server: { headers: isolated },
	preview: { headers: isolated },
});
