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
