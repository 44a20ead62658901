import AxeBuilder from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** What is wrong with the page as it is, in a few words. @param rules of axe. Default: all. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
	// The page has no frames: without this, each look opens a page of its own to join what was found in them.
	const axe = new AxeBuilder({ page }).setLegacyMode();
	const { violations: found } = await (rules ? axe.withRules([...rules]) : axe).analyze();
	return found.flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ""}`));
}
