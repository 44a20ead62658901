import S3rver from "s3rver";
import { afterEach, vi } from "vitest";
import { s3Storage } from "../../src/storage/s3-storage.ts";
import { createScratchFolder } from "../scratch-folder.ts";
import { describeStorage } from "./contract.ts";

async function openS3rver() {
	const scratch = await createScratchFolder();
	const server = new S3rver({
		address: "127.0.0.1",
		port: 0,
		silent: true,
		directory: scratch.folder,
		configureBuckets: [{ name: "pictures", configs: [] }],
	});
	const { port } = await server.run();
	const surroundings = {
		AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
		AWS_ACCESS_KEY_ID: "S3RVER",
		AWS_SECRET_ACCESS_KEY: "S3RVER",
		AWS_REGION: "us-east-1",
	};
	for (const [name, value] of Object.entries(surroundings)) {
		vi.stubEnv(name, value);
	}
	const storage = await s3Storage("s3://pictures/below", process.env);
	return {
		storage,
		async [Symbol.asyncDispose]() {
			await storage[Symbol.asyncDispose]();
			await server.close();
			await scratch[Symbol.asyncDispose]();
		},
	};
}

afterEach(() => vi.unstubAllEnvs());

// A server that others wrote: what both understand is not only what fixtures/s3-server.ts takes for S3.
describeStorage("a storage on s3rver", openS3rver, true);
