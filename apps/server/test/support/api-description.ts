import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** A part of JSON Schema: what the description of the service uses of it. */
export interface JsonSchema {
	readonly $ref?: string;
	readonly type?: string | readonly string[];
	readonly format?: string;
	readonly pattern?: string;
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly anyOf?: readonly JsonSchema[];
	readonly minimum?: number;
	readonly maximum?: number;
	readonly maxLength?: number;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly default?: unknown;
	readonly example?: unknown;
}

export interface Parameter {
	readonly name: string;
	readonly in: "path" | "query";
	readonly schema: JsonSchema;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

export interface DescribedAnswer {
	readonly content?: Content;
	readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
}

/** An operation as the service describes it. */
export interface Operation {
	readonly operationId: string;
	/** In capitals. */
	readonly method: string;
	readonly path: string;
	readonly summary?: string;
	readonly tags?: readonly string[];
	readonly parameters?: readonly Parameter[];
	readonly requestBody?: { readonly content: Content };
	readonly responses: Readonly<Record<string, DescribedAnswer>>;
}

/** What `/openapi.json` says. */
export interface ApiDescription {
	readonly document: Readonly<Record<string, unknown>>;
	readonly schemas: Readonly<Record<string, JsonSchema>>;
	readonly operations: readonly Operation[];
	/** The one of that id. */
	operation(id: string): Operation;
	/** A schema itself where there is a reference to it. */
	resolve(schema: JsonSchema): JsonSchema;
	/** Whether a value fits a schema of the document. @param pointer as `#/components/schemas/Job` */
	validator(pointer: string): ValidateFunction;
}

interface OpenApiDocument {
	readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, "method" | "path">>>>>;
	readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** Name of the document among the schemas that references go to. */
const DOCUMENT = "openapi.json";

/** Take a description apart. */
export function readDescription(document: Record<string, unknown>): ApiDescription {
	const { paths, components } = document as unknown as OpenApiDocument;
	const ajv = new Ajv2020({ strict: false, allErrors: true });
	ajv.addFormat("uri", (text: string) => URL.canParse(text));
	ajv.addFormat("binary", true);
	ajv.addSchema(document, DOCUMENT);
	const validators = new Map<string, ValidateFunction>();
	const operations = Object.entries(paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
	);
	return {
		document,
		schemas: components.schemas,
		operations,
		operation(id) {
			const found = operations.find(({ operationId }) => operationId === id);
			if (found === undefined) {
				throw new Error(`No operation is called ${id}.`);
			}
			return found;
		},
		resolve: ({ $ref, ...schema }) =>
			$ref === undefined ? schema : components.schemas[$ref.replace("#/components/schemas/", "")],
		validator(pointer) {
			const validator = validators.get(pointer) ?? ajv.compile({ $ref: `${DOCUMENT}${pointer}` });
			validators.set(pointer, validator);
			return validator;
		},
	};
}

/** A pointer into a document, from the names on the way. */
export function pointerOf(...names: readonly string[]): string {
	return `#/${names.map((name) => encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
}
