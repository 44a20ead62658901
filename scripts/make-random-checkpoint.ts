/**
 * Write a checkpoint of a published size with random weights, to measure speed and memory:
 * `npx tsx scripts/make-random-checkpoint.ts dinov2-large out/large`.
 */
import { parseArgs } from "node:util";
import { PUBLISHED_MODELS } from "../fixtures/published-models.ts";

const USAGE =
	`Usage: make-random-checkpoint.ts <${[...PUBLISHED_MODELS.keys()].join("|")}> <folder> ` +
	"[--registers 4] [--dtype F32|F16|BF16] [--seed 0] [--shard-bytes 5000000000]";

const DTYPES = ["F32", "F16", "BF16"] as const;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		registers: { type: "string" },
		dtype: { type: "string", default: "F32" },
		seed: { type: "string", default: "0" },
		"shard-bytes": { type: "string" },
	},
});
const [name, folder] = positionals;
const write = PUBLISHED_MODELS.get(name);
const dtype = DTYPES.find((known) => known === values.dtype);
const shardBytes = values["shard-bytes"];
if (write === undefined || dtype === undefined || folder === undefined || positionals.length !== 2) {
	console.error(USAGE);
	process.exit(2);
}
await write(folder, {
	dtype,
	...(values.registers === undefined ? {} : { registers: Number(values.registers) }),
	seed: Number(values.seed),
	...(shardBytes === undefined ? {} : { shardBytes: Number(shardBytes) }),
});
