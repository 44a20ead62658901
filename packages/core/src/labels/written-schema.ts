import * as z from "zod/mini";
import type { Written, WrittenForm } from "../options/index.ts";

/** The schema of an option as it is written. A value that fits can still be wrong: see `OptionKind.problem`. */
export function writtenSchema(forms: readonly WrittenForm[]): z.ZodMiniType<Written> {
	return anyOf(forms.map(formSchema));
}

/** The same as JSON Schema, draft 2020-12. */
export function writtenJsonSchema(forms: readonly WrittenForm[]): Record<string, unknown> {
	const { $schema: _, ...schema } = z.toJSONSchema(writtenSchema(forms));
	return schema;
}

function formSchema(form: WrittenForm): z.ZodMiniType<Written> {
	if ("integer" in form) {
		return z.int().check(z.minimum(form.integer.min), z.maximum(form.integer.max));
	}
	if ("number" in form) {
		return z.number().check(z.minimum(form.number.min), z.maximum(form.number.max));
	}
	return "oneOf" in form ? anyOf(form.oneOf.map((value) => z.literal(value))) : z.string().check(z.regex(form.pattern));
}

function anyOf(schemas: readonly z.ZodMiniType<Written>[]): z.ZodMiniType<Written> {
	return schemas.length === 1 ? schemas[0] : z.union(schemas);
}
