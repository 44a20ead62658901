/**
 * What this package uses of WebAssembly and of base64. Every engine has them; TypeScript knows them only together with
 * the types of one platform, and this package must run on all.
 */
export interface WasmMemory {
	readonly buffer: ArrayBuffer;
	grow(pages: number): number;
}

export interface WasmModule {
	readonly __wasmModule: never;
}

interface WebAssemblyApi {
	validate(bytes: Uint8Array): boolean;
	compile(bytes: Uint8Array): Promise<WasmModule>;
	Instance: new (module: WasmModule) => { readonly exports: object };
}

interface Platform {
	readonly WebAssembly?: WebAssemblyApi;
	atob(text: string): string;
}

const platform = globalThis as unknown as Platform;

/** Undefined where a site's policy or an old engine has switched it off. */
export const webAssembly = platform.WebAssembly;

export function decodeBase64(text: string): Uint8Array {
	return Uint8Array.from(platform.atob(text), (character) => character.charCodeAt(0));
}

/** A module with one function, `() => v128.const(0)`: it is valid only where 128-bit SIMD is. */
const SMALLEST_SIMD_MODULE = Uint8Array.from([
	0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01, 0x00,
	0x0a, 0x16, 0x01, 0x14, 0x00, 0xfd, 0x0c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x0b,
]);

/** Whether this engine runs WebAssembly with 128-bit SIMD. */
export function supportsSimd(): boolean {
	return webAssembly?.validate(SMALLEST_SIMD_MODULE) ?? false;
}
