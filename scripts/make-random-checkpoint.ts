/**
 * Write a checkpoint of a published size with random weights, to measure speed and memory:
 * `npx tsx scripts/make-random-checkpoint.ts large out/large`.
 */
import { parseArgs } from "node:util";
import { CHECKPOINT_SIZES, writeRandomCheckpoint } from "../fixtures/random-checkpoint.ts";

const USAGE =
	`Usage: make-random-checkpoint.ts <${Object.keys(CHECKPOINT_SIZES).join("|")}> <folder> ` +
	"[--registers 4] [--dtype F32|F16|BF16] [--seed 0] [--shard-bytes 5000000000]";

const DTYPES = ["F32", "F16", "BF16"] as const;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		registers: { type: "string", default: "0" },
		dtype: { type: "string", default: "F32" },
		seed: { type: "string", default: "0" },
		"shard-bytes": { type: "string" },
	},
});
const [name, folder] = positionals;
const size = Object.entries(CHECKPOINT_SIZES).find(([key]) => key === name)?.[1];
const dtype = DTYPES.find((known) => known === values.dtype);
const shardBytes = values["shard-bytes"];
if (size === undefined || dtype === undefined || folder === undefined || positionals.length !== 2) {
	console.error(USAGE);
	process.exit(2);
}
await writeRandomCheckpoint(folder, {
	...size,
	dtype,
	registers: Number(values.registers),
	seed: Number(values.seed),
	...(shardBytes === undefined ? {} : { shardBytes: Number(shardBytes) }),
});
