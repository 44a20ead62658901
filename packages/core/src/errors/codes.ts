/**
 * Every error code of dinoseg with its meaning. `docs/errors.md` documents the same list; a test proves both equal.
 * A code never changes its meaning once published.
 */
export const ERROR_CODES = {
	OPTION_INVALID: "An option has a value outside what is allowed.",
	SHAPE_MISMATCH: "The length or shape of an array does not fit the other arguments.",
	ABORTED: "The caller's AbortSignal ended the run.",
	DISPOSED: "The segmenter was used after dispose().",
	INPUT_NOT_FOUND: "An input path does not exist or a glob matches nothing.",
	INPUT_UNREADABLE: "An input exists but cannot be read.",
	INPUT_EMPTY: "An input file has zero bytes, or a folder holds no images.",
	INPUT_CONFLICT: "Two inputs would write to the same output folder.",
	IMAGE_UNSUPPORTED: "The bytes are not an image in a supported format.",
	IMAGE_CORRUPT: "The image is damaged or truncated and cannot be decoded.",
	IMAGE_TOO_LARGE: "The image has more pixels than the limit allows.",
	CLUSTERS_EXCEED_TOKENS: "More clusters were asked for than the image has tokens.",
	MOMENTS_OUT_OF_RANGE: "A value is not finite or too large, or there are too many points, for sums that are exact.",
	MODEL_UNKNOWN: "A model name is neither known nor a folder with a checkpoint.",
	MODEL_FILE_MISSING: "A folder lacks a file that a checkpoint must have.",
	MODEL_CONFIG_INVALID:
		"config.json, preprocessor_config.json or model.safetensors.index.json is malformed or describes something unsupported.",
	SAFETENSORS_INVALID: "A safetensors file is malformed, or its tensors do not lie inside it.",
	MODEL_TENSOR_INVALID: "A tensor that the architecture needs is missing or has another shape or dtype.",
	MODEL_RUN_FAILED: "onnxruntime could not load or run the network.",
	OUTPUT_EXISTS: "The output folder already holds a result.",
	OUTPUT_UNWRITABLE: "A result cannot be written: no permission, no space, or a file in the way.",
	INTERNAL: "A fault inside dinoseg.",
	SELF_TEST_FAILED: "dinoseg doctor found that this installation gives wrong results.",
	MODEL_NOT_CACHED: "The model is not in the cache, and the network is switched off or not asked.",
	HUB_REPO_NOT_FOUND: "The hub has no repository of that name, or does not show it without a token.",
	HUB_REVISION_NOT_FOUND: "The repository has no such branch, tag or commit.",
	HUB_FILE_NOT_FOUND: "A file that the hub lists is not there.",
	HUB_GATED: "The repository is gated: its owner must grant access first.",
	HUB_ACCESS_DENIED: "The hub wants an access token, or refused the one it got.",
	HUB_RATE_LIMITED: "The hub got too many requests from here, also after waiting.",
	HUB_UNAVAILABLE: "The hub answered with a server error, also when asked again.",
	HUB_UNREACHABLE: "The hub cannot be reached, or the connection was lost too often.",
	HUB_CERTIFICATE: "The certificate of the hub or proxy is not trusted.",
	HUB_PROXY: "The proxy refused, or is not there.",
	HUB_RESPONSE_INVALID: "Something else than the hub answered, such as the page of a login portal.",
	HUB_PATH_UNSAFE: "The hub lists a file whose name would leave the cache's folder.",
	HUB_SIZE_MISMATCH: "A file has another size than the hub lists.",
	HUB_HASH_MISMATCH: "A file has another hash than the hub lists.",
	CACHE_NO_SPACE: "The disk of the model cache has too little space.",
	CACHE_UNWRITABLE: "The model cache cannot be written to.",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
