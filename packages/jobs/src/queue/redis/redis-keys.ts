/** Begins every key, those of BullMQ too. */
export const PREFIX = "dinoseg";
/** The name of BullMQ's queue. */
export const QUEUE = "jobs";
/** Seconds that a run, and its counts, are kept after the last sign of it. */
export const KEEP_RUN_S = 30 * 86_400;

/** Sets of ids. */
export const RUNS = `${PREFIX}:runs`;
export const WORKERS = `${PREFIX}:workers`;

/** BullMQ's call to those who wait for jobs: a sorted set that one of them empties. */
export const CALL = `${PREFIX}:${QUEUE}:marker`;

export const runKey = (id: string) => `${PREFIX}:run:${id}`;
export const workerKey = (id: string) => `${PREFIX}:worker:${id}`;
/** A hash: `ended`, `failed`, and counts by name. */
export const tallyKey = (run: string) => `${PREFIX}:tally:${run}`;
const COUNT = "count:";
export const countField = (name: string) => `${COUNT}${name}`;
/** @returns nothing of another field. */
export const nameOfCount = (field: string) => (field.startsWith(COUNT) ? field.slice(COUNT.length) : undefined);

/** BullMQ takes no colon in an id, and no number. */
export const bullId = (id: string) => `j${encodeURIComponent(id)}`;
export const idOfBull = (id: string) => decodeURIComponent(id.slice(1));

export const jobKey = (id: string) => `${PREFIX}:${QUEUE}:${bullId(id)}`;
export const lockKey = (id: string) => `${jobKey(id)}:lock`;
export const stateKey = (state: "wait" | "active" | "failed" | "stalled") => `${PREFIX}:${QUEUE}:${state}`;
