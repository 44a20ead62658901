import type { Check } from "../kernels.ts";
import type { SimdExports } from "./exports.ts";
import { WASM_BASE64 } from "./wasm-base64.ts";
import { decodeBase64, type WasmMemory, type WasmModule, webAssembly } from "./web-assembly.ts";

const PAGE = 65536;
const ALIGNMENT = 16;

/** A memory that has grown beyond this is given up after the call: WebAssembly memory never shrinks. */
const KEPT_BYTES = 64 * 2 ** 20;

/** Bytes that are copied at once: some milliseconds. */
const COPY_STEP = 2 ** 20;

/** The arrays that pass in and out of the memory of the SIMD build. */
type PlainArray = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/**
 * The memory of one kernel call. Places are handed out one after the other, aligned to 16 bytes, and all are free again
 * when the call ends. New places hold whatever was there before.
 */
export interface Workspace {
	readonly wasm: SimdExports;
	/** To be called between two steps of a few milliseconds: see `Kernels.checked`. */
	readonly check: Check;
	/** A place of `bytes` bytes. */
	reserve(bytes: number): number;
	/** A place that holds a copy of `source`. */
	copyIn(source: PlainArray): number;
	/** Overwrite the place at `pointer` with `source`. */
	write(pointer: number, source: PlainArray): void;
	/** Fill `target` from the place at `pointer`. */
	read(pointer: number, target: PlainArray): void;
	/** Set `bytes` bytes at `pointer` to 0. */
	clear(pointer: number, bytes: number): void;
}

/** Runs kernel calls on one module, one at a time. A call that throws leaves nothing behind. */
export type Engine = <T>(call: (workspace: Workspace) => T) => T;

/** The engine with a check at the start of each call, and for the steps within. All are one engine. */
export type CheckedEngine = (check: Check) => Engine;

/** Compile the SIMD build. It must be supported: see `supportsSimd`. */
export async function loadEngine(): Promise<CheckedEngine> {
	if (webAssembly === undefined) {
		throw new Error("loadEngine: this engine has no WebAssembly; use the reference kernels.");
	}
	return createEngine(await webAssembly.compile(decodeBase64(WASM_BASE64)));
}

function createEngine(module: WasmModule): CheckedEngine {
	let wasm = instantiate(module);
	return (check) => (call) => {
		check();
		try {
			return call(createWorkspace(wasm, check));
		} finally {
			if (wasm.memory.buffer.byteLength > KEPT_BYTES) {
				wasm = instantiate(module);
			}
		}
	};
}

function instantiate(module: WasmModule): SimdExports {
	const { Instance } = webAssembly as NonNullable<typeof webAssembly>;
	return new Instance(module).exports as SimdExports;
}

function createWorkspace(wasm: SimdExports, check: Check): Workspace {
	const { memory } = wasm;
	let end = align(wasm.heapStart());

	function reserve(bytes: number): number {
		const pointer = end;
		end = align(pointer + bytes);
		growTo(memory, end);
		return pointer;
	}

	function write(pointer: number, source: PlainArray): void {
		const bytes = bytesOf(source);
		if (bytes.length <= COPY_STEP) {
			bytesAt(memory, pointer, bytes.length).set(bytes);
			return;
		}
		eachStep(check, bytes.length, (from, to) => {
			bytesAt(memory, pointer + from, to - from).set(bytes.subarray(from, to));
		});
	}

	return {
		wasm,
		check,
		reserve,
		write,
		copyIn(source) {
			const pointer = reserve(source.byteLength);
			write(pointer, source);
			return pointer;
		},
		read(pointer, target) {
			const bytes = bytesOf(target);
			if (bytes.length <= COPY_STEP) {
				bytes.set(bytesAt(memory, pointer, bytes.length));
				return;
			}
			eachStep(check, bytes.length, (from, to) => {
				bytes.set(bytesAt(memory, pointer + from, to - from), from);
			});
		},
		clear(pointer, bytes) {
			eachStep(check, bytes, (from, to) => {
				bytesAt(memory, pointer + from, to - from).fill(0);
			});
		},
	};
}

/** Visit the bytes 0 to `length` - 1 in steps, with a check between two of them. */
function eachStep(check: Check, length: number, visit: (from: number, to: number) => void): void {
	visit(0, Math.min(length, COPY_STEP));
	for (let from = COPY_STEP; from < length; from += COPY_STEP) {
		check();
		visit(from, Math.min(length, from + COPY_STEP));
	}
}

function growTo(memory: WasmMemory, bytes: number): void {
	const missing = bytes - memory.buffer.byteLength;
	if (missing > 0) {
		memory.grow(Math.ceil(missing / PAGE));
	}
}

function bytesAt(memory: WasmMemory, pointer: number, length: number): Uint8Array {
	return new Uint8Array(memory.buffer, pointer, length);
}

function bytesOf(array: PlainArray): Uint8Array {
	return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function align(bytes: number): number {
	return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
