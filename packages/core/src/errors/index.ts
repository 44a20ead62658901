export { checkInteger, checkLength, checkOddWindow, type IntegerBounds } from "./check.ts";
export { ERROR_CODES, type ErrorCode } from "./codes.ts";
export { DinosegError, type DinosegErrorOptions, type ErrorDetails, isDinosegError } from "./dinoseg-error.ts";
