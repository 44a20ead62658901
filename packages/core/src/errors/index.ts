export { checkInteger, checkLength, checkOddWindow, type IntegerBounds } from "./check.ts";
export { ERROR_CODES, type ErrorCode } from "./codes.ts";
export {
	DinosegError,
	type DinosegErrorOptions,
	type ErrorDetails,
	isDinosegError,
	messageOf,
} from "./dinoseg-error.ts";
export { type ErrorJson, errorFromJson, errorToJson } from "./error-json.ts";
export { flagName, nameOptions, type OptionNaming, optionName } from "./option-name.ts";
export { pageMissing } from "./page-missing.ts";
