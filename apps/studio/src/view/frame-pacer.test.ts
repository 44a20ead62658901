import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createFramePacer } from "./frame-pacer.ts";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

it("draws drafts while whole frames follow each other on a slow machine, and refines the last", () => {
	const refine = vi.fn();
	const pacer = createFramePacer(true, refine);
	expect(pacer.next(true)).toBe(1);
	pacer.drawn(1);
	vi.advanceTimersByTime(100);
	expect(pacer.next(false)).toBe(1);
	expect(pacer.next(true)).toBe(2);
	pacer.drawn(2);
	vi.advanceTimersByTime(200);
	expect(pacer.next(false)).toBe(2);
	pacer.drawn(pacer.next(true));
	vi.advanceTimersByTime(200);
	expect(refine).not.toHaveBeenCalled();
	vi.advanceTimersByTime(50);
	expect(refine).toHaveBeenCalledOnce();
	expect(pacer.next(true)).toBe(1);
	pacer.dispose();
});

it("draws no drafts on a quick machine, and refines nothing after its end", () => {
	const quick = createFramePacer(false, () => {});
	quick.drawn(1);
	expect(quick.next(true)).toBe(1);
	const refine = vi.fn();
	const slow = createFramePacer(true, refine);
	slow.drawn(2);
	slow.dispose();
	vi.advanceTimersByTime(1000);
	expect(refine).not.toHaveBeenCalled();
});
