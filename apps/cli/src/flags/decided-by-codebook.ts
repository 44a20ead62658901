import { CODEBOOK_OPTION_KEYS } from "@dinoseg/core/options";

/** Flags that a codebook leaves nothing to decide. */
export const DECIDED_BY_CODEBOOK: readonly string[] = [
	...CODEBOOK_OPTION_KEYS,
	"dtype",
	"position",
	"preset",
	"names",
	"sweep",
];

/** Whether a flag has no place beside a codebook. `clusters` is the number of regions there. */
export function isDecidedByCodebook(flag: string): boolean {
	return DECIDED_BY_CODEBOOK.includes(flag) && flag !== "clusters";
}
