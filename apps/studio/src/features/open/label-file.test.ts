import { expect, it } from "vitest";
import { isLabelFile } from "./label-file.ts";

it.each([
	"labels.png",
	"Labels.PNG",
	"cat-labels.png",
	"cat_labels.png",
	"cat-labels (1).png",
	"labels(12).png",
	"out/labels.png",
	"segments.json",
	"coco (2).json",
])("%s holds segments", (name) => {
	expect(isLabelFile(name)).toBe(true);
});

it.each(["cat.png", "mylabels.png", "labels.jpg", "labels.png.jpg", "labels ().png", "labels (1) cat.png", "json.png"])(
	"%s is a picture",
	(name) => {
		expect(isLabelFile(name)).toBe(false);
	},
);
