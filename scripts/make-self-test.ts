/** Makes the photograph and the expected label map of `dinoseg doctor`. Run by hand when the pipeline's rules change. */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { encodeLabelPng } from "@dinoseg/core/labels";
import { createSegmenter } from "@dinoseg/node/segmenter";
import sharp from "sharp";
import { SELF_TEST } from "../apps/cli/src/runs/doctor.ts";

const example = fileURLToPath(new URL("../examples/coffee.jpg", import.meta.url));
await mkdir(new URL(".", SELF_TEST.photograph), { recursive: true });
const photograph = await sharp(example).resize(300).jpeg({ quality: 85 }).toBuffer();
const segmenter = await createSegmenter({ cache: false });
const { labels } = await segmenter.segment(photograph, SELF_TEST.options);
await segmenter.dispose();
await writeFile(SELF_TEST.photograph, photograph);
await writeFile(SELF_TEST.expected, encodeLabelPng(labels));
console.log(`${labels.width} x ${labels.height}, ${labels.count} segments`);
