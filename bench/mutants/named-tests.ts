const kernels = (name: string) => `packages/kernels/src/${name}.test.ts`;
const node = (name: string) => `packages/node/test/${name}.test.ts`;
const cli = (name: string) => `apps/cli/test/${name}.test.ts`;
const jobs = (name: string) => `packages/jobs/test/${name}.test.ts`;
const server = (name: string) => `apps/server/test/${name}.test.ts`;
const core = (name: string) => `packages/core/src/${name}.test.ts`;

/**
 * Tests of sources that have none of their name beside them; the longest beginning of the path counts. Beside these, all
 * unit tests that import a source of core look at it. The nearest stand first.
 */
const NAMED_TESTS: Readonly<Record<string, readonly string[]>> = {
	"packages/kernels/src/reference/resize": [kernels("resize")],
	"packages/kernels/src/reference/majority": [kernels("majority-filter")],
	"packages/kernels/src/reference/upsample": [kernels("upsample")],
	"packages/kernels/src/reference/distances": [kernels("distances")],
	"packages/kernels/src/simd/resize": [kernels("resize")],
	"packages/kernels/src/simd/median": [kernels("median-filter")],
	"packages/kernels/src/simd/rank": [kernels("median-filter")],
	"packages/kernels/src/simd/upsample": [kernels("upsample")],
	"packages/kernels/src/simd/distances": [kernels("distances")],
	"packages/kernels/src/simd/scatter": [kernels("moments")],
	"packages/kernels/src/simd/threads": [
		"packages/kernels/src/simd/threads/threads.test.ts",
		"packages/kernels/src/simd/threads/memory.test.ts",
	],
	"packages/core/src/linalg/principal-components": [core("linalg/pca")],
	"packages/core/src/linalg/components": [core("linalg/pca")],
	"packages/core/src/cluster/exchange": [core("cluster/k-means"), core("cluster/lloyd")],
	"packages/core/src/refine/region-graph": [core("refine/absorb")],
	"packages/core/src/codebook": [core("codebook/fit-codebook"), core("codebook/codebook-file")],
	"packages/core/src/codebook/sample-sum": [core("codebook/weighted-sample")],
	"packages/core/src/points": [core("points/points")],
	"packages/core/src/segment/reduce-tokens": [core("segment/metric")],
	"packages/core/src/segment/segment-tokens": [core("segment/smooth-stage"), core("segment/token-clusterings")],
	"packages/core/src/labels/mask-encoder": [core("labels/rle")],
	"packages/core/src/labels/area-sums": [core("labels/statistics")],
	"packages/core/src/labels/exports/yolo": [core("labels/exports/yolo")],
	"packages/core/src/labels/names": [core("labels/names/names")],
	"packages/core/src/options": [core("options/options")],
	"packages/core/src/options/presets": [core("options/options"), cli("recipe")],
	"packages/core/src/engine/compute-tokens": [node("segmenter"), node("token-artefacts")],
	"packages/core/src/engine/token-file": [node("token-cache")],
	"packages/core/src/hub": [node("hub-download"), node("hub-errors")],
	"packages/core/src/hub/blob-hash": [node("hub-cache")],
	"packages/core/src/hub/endpoint": [node("hub-settings")],
	"packages/node/src/cache": [node("token-cache")],
	"packages/node/src/hub/cache-layout": [node("hub-cache"), node("hub-download"), node("hub-errors")],
	"packages/node/src/hub/settings": [node("hub-settings")],
	"packages/node/src/image/hdr": [node("decode-rare")],
	"packages/node/src/image/tiff-samples": [node("decode-rare"), node("decode")],
	"packages/node/src/image": [node("decode"), node("decode-errors"), node("foreign-images")],
	"packages/node/src/files": [node("files"), node("results")],
	"packages/node/src/model": [node("model-digest")],
	"packages/node/src/results": [cli("done-already"), node("results")],
	"packages/jobs/src/fault": [jobs("run-batch")],
	"packages/jobs/src/chunk": [jobs("worker/chunks"), jobs("worker/produce-runs"), jobs("worker/joined-outputs")],
	"packages/jobs/src/worker": [jobs("worker/work-chunk"), jobs("worker/joined-outputs")],
	"packages/jobs/src/producer": [jobs("worker/produce-runs"), jobs("worker/produce-batch")],
	"packages/jobs/src/queue/redis": [jobs("queue/redis-faults")],
	"packages/jobs/src/item-filter": [jobs("run-batch")],
	"packages/jobs/src/manifest": [jobs("manifest"), cli("batch")],
	"packages/jobs/src/run-batch": [jobs("run-batch")],
	"packages/jobs/src/shard": [jobs("shard")],
	"packages/jobs/src/tar-file": [jobs("tar-file")],
	"apps/server/src/app/access": [server("access")],
	"apps/server/src/server-options": [server("access")],
	"apps/server/src/uploads": [server("uploads")],
	"apps/server/src/work/jobs": [server("workers"), server("jobs")],
	"apps/server/src/work/workers": [server("workers")],
	"apps/server/src/work": [server("segmentations"), server("jobs")],
	"apps/server/src/store": [server("entry-store")],
	"apps/server/src/routes": [server("segmentations")],
	"apps/server/src/api": [server("segmentations"), server("uploads")],
	"apps/cli/src/codebook": [cli("codebook-parts")],
	"apps/cli/src/runs/fit": [cli("codebook"), cli("codebook-parts"), cli("fit-queue")],
	"apps/cli/src/inputs": [cli("expand-inputs")],
	"apps/cli/src/flags": [cli("commands"), cli("regions"), cli("recipe")],
	"apps/cli/src/progress/bytes": [cli("run-log")],
	"apps/cli/src/progress/download": [cli("model")],
	"apps/cli/src/progress/run-log": [cli("run-log")],
	"apps/cli/src/progress": [cli("progress")],
};

/** The tests that are named for a source. */
export function namedTests(file: string): readonly string[] {
	const beginnings = Object.keys(NAMED_TESTS).filter((beginning) => file.startsWith(beginning));
	const longest = beginnings.sort((a, b) => b.length - a.length).at(0);
	return longest === undefined ? [] : NAMED_TESTS[longest];
}

/** Every test that is named, for a check that it exists. */
export const ALL_NAMED_TESTS: readonly string[] = Object.values(NAMED_TESTS).flat();
