// What BullMQ has no command for, in Redis' own language. Each is one step for everybody else, and is done whole or not at all.

/**
 * Keep a job. KEYS: its lock, the set of jobs suspected to be stalled. ARGV: token, milliseconds, id in BullMQ.
 *
 * BullMQ's own command sets the lock anew, which a server refuses whose memory is full.
 */
export const RENEW = `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
redis.call("PEXPIRE", KEYS[1], ARGV[2])
redis.call("SREM", KEYS[2], ARGV[3])
return 1`;

/**
 * Note something. KEYS: the lock of the job, its hash. ARGV: token, JSON.
 *
 * BullMQ's own command does not ask whose job it is, and repeats the note in its stream of events.
 */
export const NOTE = `
if redis.call("GET", KEYS[1]) ~= ARGV[1] then return 0 end
redis.call("HSET", KEYS[2], "progress", ARGV[2])
return 1`;

/**
 * Forget a job that failed, and that it was counted. KEYS: the set of failed jobs, the hash of the job. ARGV: its id in
 * BullMQ, what the key of a tally begins with.
 */
export const FORGET = `
if redis.call("ZREM", KEYS[1], ARGV[1]) == 0 then return 0 end
local run = redis.call("HGET", KEYS[2], "name")
local counted = redis.call("HEXISTS", KEYS[2], "counted")
redis.call("DEL", KEYS[2])
if run and counted == 1 and redis.call("EXISTS", ARGV[2] .. run) == 1 then
	redis.call("HINCRBY", ARGV[2] .. run, "ended", -1)
	redis.call("HINCRBY", ARGV[2] .. run, "failed", -1)
end
return 1`;

/**
 * Count what became of a job, once. KEYS: the tally of its run, the hash of the job, its lock, the set of failed jobs. ARGV:
 * token, id in BullMQ, seconds to keep the tally, then names of fields and numbers.
 *
 * Whoever does not hold the job counts nothing, unless it failed: then nobody holds it. A full server does it too, for a job
 * that is counted soon takes no memory any more.
 */
export const COUNT = `#!lua flags=allow-oom
if redis.call("GET", KEYS[3]) ~= ARGV[1] and not redis.call("ZSCORE", KEYS[4], ARGV[2]) then return 0 end
if redis.call("HSETNX", KEYS[2], "counted", 1) == 0 then return 0 end
for at = 4, #ARGV, 2 do redis.call("HINCRBY", KEYS[1], ARGV[at], ARGV[at + 1]) end
redis.call("EXPIRE", KEYS[1], ARGV[3])
return 1`;
