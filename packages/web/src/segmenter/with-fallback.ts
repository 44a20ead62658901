import type { Engine } from "@dinoseg/core/engine";
import { isDinosegError } from "@dinoseg/core/errors";

/**
 * An engine on a graphics card, and another one for when the card fails: it may be taken away at any time. What failed is
 * done again by the other.
 *
 * @param fallback opens the other one, told why. Called again only if it failed.
 */
export function withFallback<Input>(
	first: Engine<Input>,
	fallback: (reason: string) => Promise<Engine<Input>>,
): Engine<Input> {
	let engine = first;
	let opening: Promise<Engine<Input>> | undefined;

	const retry = async <T>(work: (engine: Engine<Input>) => Promise<T>): Promise<T> => {
		const tried = engine;
		try {
			return await work(tried);
		} catch (error) {
			if (!isDinosegError(error) || error.code !== "MODEL_RUN_FAILED" || (tried !== first && tried === engine)) {
				throw error;
			}
			opening ??= fallback(error.message).catch((cause) => {
				// What kept it from opening may pass.
				opening = undefined;
				throw cause;
			});
			engine = await opening;
			return work(engine);
		}
	};

	return {
		model: first.model,
		kernels: first.kernels,
		validate: (options) => first.validate(options),
		segment: (input, options) => retry((engine) => engine.segment(input, options)),
		sweep: (input, range, options) => retry((engine) => engine.sweep(input, range, options)),
		apply: (input, codebook, options) => retry((engine) => engine.apply(input, codebook, options)),
		summarise: (input, options) => retry((engine) => engine.summarise(input, options)),
		features: (input, options) => retry((engine) => engine.features(input, options)),
		decode: (input, options) => engine.decode(input, options),
		fit: (part, call) => engine.fit(part, call),
		update: (codebook, part, call) => engine.update(codebook, part, call),
		async dispose() {
			const other = await opening?.catch(() => undefined);
			await Promise.all([first.dispose(), other?.dispose()]);
		},
	};
}
