import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (name: string) => fileURLToPath(new URL(`./packages/${name}/src/index.ts`, import.meta.url));

/** Pure packages are tested from their sources; as they hold no state, their tests share processes. */
const sources = [
	{ find: "@dinoseg/kernels", replacement: source("kernels") },
	{ find: /^@dinoseg\/core$/, replacement: source("core") },
	{
		find: /^@dinoseg\/core\/(\w+)$/,
		replacement: fileURLToPath(new URL("./packages/core/src/$1/index.ts", import.meta.url)),
	},
];

export default defineConfig({
	test: {
		pool: "forks",
		maxWorkers: 2,
		sequence: { shuffle: true },
		// For a test that hangs: on a busy machine all take many times as long.
		testTimeout: 60_000,
		globalSetup: "./scripts/own-home.ts",
		setupFiles: ["./scripts/given-seed.ts", "./scripts/equal-bytes.ts"],
		reporters: ["default", "./scripts/summary-reporter.ts"],
		projects: [
			{
				extends: true,
				resolve: { alias: sources },
				test: {
					name: "unit",
					include: ["packages/{kernels,core}/src/**/*.test.ts"],
					provide: { kernels: "reference" },
					isolate: false,
					sequence: { groupOrder: 0 },
				},
			},
			{
				extends: true,
				resolve: { alias: sources },
				test: {
					name: "unit on SIMD",
					include: ["packages/core/src/**/*.test.ts"],
					provide: { kernels: "simd" },
					isolate: false,
					sequence: { groupOrder: 1 },
				},
			},
			{
				extends: true,
				// What starts workers and processes is tested as it is shipped: built.
				test: {
					name: "built",
					include: [
						"packages/{core,node}/test/**/*.test.ts",
						"apps/cli/test/**/*.test.ts",
						"bench/**/*.test.ts",
						"scripts/**/*.test.ts",
					],
					sequence: { groupOrder: 2 },
				},
			},
		],
	},
});
