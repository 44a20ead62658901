import { Option } from "commander";
import { nonEmpty } from "./run-flags.ts";

/** The flag for a table of names and colours. */
export const namesFlag = (): Option =>
	new Option("--names <file>", "CSV of names and colours of segments: id,name,color").argParser(nonEmpty);
