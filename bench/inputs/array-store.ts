import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const TYPES = { float32: Float32Array, uint8: Uint8Array } as const;
type TypeName = keyof typeof TYPES;

/** An array in a file: its bare values, row-major, in the order of bytes of this machine. */
export interface StoredArray<N extends TypeName = TypeName> {
	readonly path: string;
	readonly dtype: N;
	readonly shape: readonly number[];
}

/** The values of an array together with its file. */
export interface ReadArray<N extends TypeName = TypeName> extends StoredArray<N> {
	readonly data: N extends "float32" ? Float32Array : Uint8Array;
}

type Shaped<N extends TypeName> = Pick<ReadArray<N>, "data" | "shape">;

/** Inputs in a folder, made once and then shared by all processes of a run, ours and the rivals'. */
export interface ArrayStore {
	readonly folder: string;
	/** The array of that name; `make` is called if it does not exist. */
	array<N extends TypeName>(name: string, dtype: N, make: () => Promise<Shaped<N>> | Shaped<N>): Promise<ReadArray<N>>;
}

export function createArrayStore(folder: string): ArrayStore {
	return {
		folder,
		async array<N extends TypeName>(name: string, dtype: N, make: () => Promise<Shaped<N>> | Shaped<N>) {
			const path = join(folder, `${name}.${dtype}`);
			const about = `${path}.json`;
			if (!existsSync(about)) {
				const { data, shape } = await make();
				await writeFile(path, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
				await writeFile(about, JSON.stringify(shape));
			}
			const bytes = await readFile(path);
			const type = TYPES[dtype];
			const data = new type(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / type.BYTES_PER_ELEMENT);
			return { path, dtype, shape: JSON.parse(await readFile(about, "utf8")), data: data as ReadArray<N>["data"] };
		},
	};
}
