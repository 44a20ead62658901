import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./scripts/longest-first.ts";

const source = (name: string) => fileURLToPath(new URL(`./packages/${name}/src/index.ts`, import.meta.url));

/** Pure packages are tested from their sources. */
const sources = [
	{ find: "@dinoseg/kernels", replacement: source("kernels") },
	{ find: /^@dinoseg\/core$/, replacement: source("core") },
	{
		find: /^@dinoseg\/core\/(\w+)$/,
		replacement: fileURLToPath(new URL("./packages/core/src/$1/index.ts", import.meta.url)),
	},
	{
		find: "@dinoseg/web/png",
		replacement: fileURLToPath(new URL("./packages/web/src/png.ts", import.meta.url)),
	},
];

export default defineConfig({
	test: {
		pool: "forks",
		// More than cores: files wait for processes, browsers and disks too.
		maxWorkers: 3,
		sequence: { shuffle: true, sequencer: LongestFirst },
		// Tests leave nothing behind, so the files of a project share processes: loading takes a fifth of the time. They
		// can only do so while no file of another project comes between, hence the order of the projects.
		isolate: false,
		unstubEnvs: true,
		// For a test that hangs: on a busy machine all take many times as long.
		testTimeout: 120_000,
		hookTimeout: 120_000,
		expect: { poll: { timeout: 40_000 } },
		globalSetup: "./scripts/own-home.ts",
		setupFiles: ["./scripts/given-seed.ts", "./scripts/equal-bytes.ts"],
		reporters: ["default", "./scripts/summary-reporter.ts"],
		projects: [
			{
				extends: true,
				resolve: { alias: sources },
				test: {
					name: "unit",
					include: ["packages/{kernels,core,web}/src/**/*.test.ts", "apps/studio/src/**/*.test.ts"],
					// The build that people run. The kernels' own specs prove that both give the same bytes.
					provide: { kernels: process.env["DINOSEG_KERNELS"] === "reference" ? "reference" : "simd" },
					sequence: { groupOrder: 0 },
				},
			},
			{
				extends: true,
				// What starts workers and processes is tested as it is shipped: built, and loaded by Node itself.
				test: {
					name: "built",
					include: [
						"packages/{core,node,jobs,web}/test/**/*.test.ts",
						"apps/*/test/**/*.test.ts",
						"bench/**/*.test.ts",
						"scripts/**/*.test.ts",
					],
					sequence: { groupOrder: 1 },
					server: { deps: { external: [/\/(packages|apps)\/\w+\/dist\//] } },
				},
			},
		],
	},
});
