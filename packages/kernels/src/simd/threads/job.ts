import type { EigenPrimitives } from "../../eigen/primitives.ts";
import type { Engine } from "../engine.ts";

/** What a thread works with. */
export interface Tools {
	readonly engine: Engine;
	/** For one thread alone: a job within a job is not shared again. */
	readonly primitives: EigenPrimitives;
}

/**
 * A part of a kernel that is cut into chunks, each of which fills places of its own: threads can share them, and who
 * takes which does not show in the result.
 */
export interface Job<Operands> {
	readonly name: string;
	/** @param operands plain data, the same for all chunks. */
	run(tools: Tools, operands: Operands, chunk: number): void;
}
