import { createRandom } from "@dinoseg/core";
import { decode } from "fast-png";
import { expect, it } from "vitest";
import { encodePng } from "./png.ts";

it("encodePng is read back by a library", async () => {
	const [width, height] = [45, 37];
	const random = createRandom(1);
	const data = Uint8Array.from({ length: width * height * 3 }, () => 256 * random.next());
	expect(decode(await encodePng({ data, width, height }), { checkCrc: true })).toMatchObject({ width, height, data });
});
