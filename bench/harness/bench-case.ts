import type { Kernels } from "@dinoseg/kernels";
import type { ArrayStore, StoredArray } from "../inputs/array-store.ts";

/** What a result is like, to be compared: an inertia, a count, a checksum. */
export type Summary = number;

/** Does the work that is timed. What it returns tells about the result, and is called outside the time. */
export type Work = () => () => Summary;

/** What `rivals.py` is to do. */
export interface PythonWork {
	readonly task: string;
	readonly arrays: Readonly<Record<string, StoredArray>>;
	readonly parameters?: Readonly<Record<string, number>>;
}

/** A case with its inputs made. */
export interface PreparedCase {
	readonly ours: (kernels: Kernels) => ReturnType<Work>;
	readonly javascript?: Work;
	readonly python?: PythonWork;
}

const CONTENDERS = ["reference", "simd", "javascript", "python"] as const;
export type Contender = (typeof CONTENDERS)[number];

export interface BenchCase {
	/** Within its group. */
	readonly name: string;
	/** Contenders that would take minutes. */
	readonly skip?: readonly Contender[];
	/** Left out by `--quick`. */
	readonly isLarge?: boolean;
	/** @param kernels the build that is to make the inputs. */
	prepare(store: ArrayStore, kernels: Kernels): Promise<PreparedCase>;
}

/** The cases of one table. */
export interface BenchGroup {
	/** What `--only` asks for. */
	readonly name: string;
	readonly title: string;
	/** What is done, said below the title. */
	readonly about: string;
	/** Heads of the rivals' columns; without one there is no column. */
	readonly javascript?: string;
	readonly python?: string;
	/** A column that compares the results of ours and of the rival in Python. */
	readonly agreement?: {
		readonly title: string;
		readonly describe: (ours: Summary, theirs: Summary) => string;
	};
	readonly cases: readonly BenchCase[];
}
