import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
	// Wherever it is served, below whatever path.
	base: "./",
	plugins: [react()],
	build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0, sourcemap: true },
	worker: { format: "es" },
});
