import type { Dimensions } from "../image/index.ts";
import type { PositionGrid } from "../options/index.ts";
import type { Checkpoint, ModelConfig, TensorEntry } from "./checkpoint.ts";
import type { ConfigFields } from "./config-fields.ts";
import type { PlaceInputs } from "./network-ports.ts";
import type { RequiredTensor } from "./required-tensors.ts";
import type { LocatedEntry } from "./shard-index.ts";

/** A network, as far as the places of its patches go. */
export interface PlacedModel<Config extends ModelConfig = ModelConfig> {
	readonly config: Config;
	/** The values of `placeTables`, in their order. */
	readonly tables: readonly Float32Array[];
}

/** How a network is to see a picture. */
export interface PlaceOptions {
	/** Step between patches, input pixels. */
	readonly stride: number;
	/** For networks with a position table. */
	readonly positionGrid: PositionGrid;
}

/** All that differs between families of networks, but for their graphs. Nothing else asks which family a network is of. */
export interface Family<Config extends ModelConfig> {
	/** Whether a `config.json` is of this family. */
	recognises(fields: ConfigFields): boolean;
	/**
	 * The fields of a `config.json` that is of this family.
	 *
	 * @throws DinosegError MODEL_CONFIG_INVALID
	 */
	parseConfig(fields: ConfigFields, file: string): Config;
	/** As `requiredTensors`. */
	requiredTensors(config: Config): readonly RequiredTensor[];
	/**
	 * The tensors of a checkpoint by their names in transformers.
	 *
	 * @throws DinosegError MODEL_TENSOR_INVALID
	 */
	nameTensors(entries: ReadonlyMap<string, LocatedEntry>, file: string): ReadonlyMap<string, LocatedEntry>;
	/** The end of the prefix of the layers whose inputs are outputs of a GELU, where the network has one. */
	readonly afterGelu: string;
	/** As `placeTables`. */
	placeTables(checkpoint: Checkpoint<Config>): readonly TensorEntry[];
	/** As `placeRule`. */
	placeRule(config: Config, option: PositionGrid): string;
	/** As `placeInputs`. */
	placeInputs(model: PlacedModel<Config>, input: Dimensions, options: PlaceOptions): PlaceInputs;
}
