import { z } from "zod";
import type { Written, WrittenForm } from "../options/index.ts";

/** The schema of an option as it is written. A value that fits can still be wrong: see `OptionKind.problem`. */
export function writtenSchema(forms: readonly WrittenForm[]): z.ZodType<Written> {
	return anyOf(forms.map(formSchema));
}

function formSchema(form: WrittenForm): z.ZodType<Written> {
	if ("integer" in form) {
		return z.int().min(form.integer.min).max(form.integer.max);
	}
	if ("number" in form) {
		return z.number().min(form.number.min).max(form.number.max);
	}
	return "oneOf" in form ? anyOf(form.oneOf.map((value) => z.literal(value))) : z.string().regex(form.pattern);
}

function anyOf(schemas: readonly z.ZodType<Written>[]): z.ZodType<Written> {
	return schemas.length === 1 ? schemas[0] : z.union(schemas);
}
