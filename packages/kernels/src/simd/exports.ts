import type { WasmMemory } from "./web-assembly.ts";

/** What `assembly/index.ts` exports. Pointers are byte offsets into `memory`; each function is described there. */
export interface SimdExports {
	readonly memory: WasmMemory;
	addToClusters(points: number, count: number, dim: number, labels: number, weights: number, sums: number): void;
	heapStart(): number;
	resetDistances(distances: number, count: number): void;
	assignPixels(
		lightness: number,
		a: number,
		b: number,
		width: number,
		height: number,
		centres: number,
		first: number,
		end: number,
		reach: number,
		placeWeight: number,
		distances: number,
		nearest: number,
	): void;

	packRows(source: number, stride: number, inner: number, panel: number): void;
	packColumns(source: number, stride: number, inner: number, panels: number, packed: number): void;
	packCentredColumns(
		source: number,
		stride: number,
		means: number,
		inner: number,
		panels: number,
		packed: number,
	): void;
	packCentredRows(source: number, stride: number, means: number, inner: number, panel: number): void;
	narrow(source: number, count: number, target: number): void;
	addPanelProducts(left: number, right: number, panels: number, inner: number, out: number, stride: number): void;

	shiftPoles(poles: number, count: number, origin: number, shifted: number): void;
	sumPoles(shifted: number, numerators: number, count: number, x: number, out: number): void;
	multiplyDistances(poles: number, shifted: number, count: number, root: number, x: number, products: number): void;

	scale(values: number, count: number, factor: number): void;
	updateAndMultiply(
		matrix: number,
		size: number,
		block: number,
		left: number,
		right: number,
		vector: number,
		product: number,
	): void;
	repeatPixel(target: number, pixel: number, step: number, bytes: number): void;
	ranksOfBytes: Translation;
	ranksOfWords: Translation;
	bytesOfRanks: Translation;
	wordsOfRanks: Translation;
	replaceFew8: ReplaceFew;
	replaceFew16: ReplaceFew;
	replaceMany8: ReplaceMany;
	replaceMany16: ReplaceMany;
	medianFew8: MedianFew;
	medianFew16: MedianFew;
	medianMany8: MedianMany;
	medianMany16: MedianMany;
	replaceRanks(old: number, fresh: number, columns: number, blocks: number, count: number): void;
	majorityRow(columns: number, blocks: number, sum: number, window: number, output: number, count: number): void;
	medianRow3Bytes: MedianRow3;
	medianRow3Words: MedianRow3;
	medianRow5Bytes: MedianRow5;
	medianRow5Words: MedianRow5;
	resizeRows(
		source: number,
		sourceStride: number,
		channels: number,
		axis: number,
		weights: number,
		weightStride: number,
		spread: number,
		output: number,
		outputStride: number,
		count: number,
	): void;
	resizeColumn(source: number, weights: number, pairs: number, output: number, bytes: number): void;
	upsampleTile(
		tokens: number,
		tokenRight: number,
		tokenBelow: number,
		clusters: number,
		fractionsX: number,
		fractionsY: number,
		width: number,
		height: number,
		sharpness: number,
		labels: number,
		confidence: number,
		stride: number,
		uncertain: number,
		work: number,
	): number;
	nearestTargets(
		distances: number,
		count: number,
		targetCount: number,
		labels: number,
		nearest: number,
		seconds: number,
	): void;
	squaredDistances(points: number, count: number, dim: number, targets: number, targetCount: number, out: number): void;
}

type MedianRow3 = (
	above: number,
	row: number,
	below: number,
	planes: number,
	stride: number,
	step: number,
	output: number,
	bytes: number,
) => void;

type MedianRow5 = (
	row0: number,
	row1: number,
	row2: number,
	row3: number,
	row4: number,
	planes: number,
	stride: number,
	step: number,
	output: number,
	bytes: number,
) => void;

type Translation = (source: number, table: number, target: number, count: number) => void;

type ReplaceFew = (old: number, fresh: number, columns: number, steps: number, count: number) => void;

type ReplaceMany = (
	old: number,
	fresh: number,
	coarse: number,
	fine: number,
	fineStride: number,
	steps: number,
	count: number,
) => void;

type MedianFew = (columns: number, channels: number, window: number, output: number, count: number) => void;

type MedianMany = (
	coarse: number,
	fine: number,
	fineStride: number,
	state: number,
	channels: number,
	window: number,
	output: number,
	count: number,
) => void;
