import type { Digest } from "@dinoseg/core/engine";
import { sha256 } from "hash-wasm";

/** Also where a page was not loaded securely, and has no `crypto.subtle`. */
export const digest: Digest = (bytes) => sha256(bytes);
