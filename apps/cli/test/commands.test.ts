import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createSandbox, examplePath } from "./harness.ts";

/** Header and floats of a .npy file, read as the format's description says. */
function parseNpy(bytes: Buffer): { header: string; data: Float32Array } {
	expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]));
	const end = 10 + bytes.readUInt16LE(8);
	return {
		header: bytes.toString("latin1", 10, end),
		data: new Float32Array(new Uint8Array(bytes.subarray(end)).buffer),
	};
}

describe("dinoseg features", () => {
	it("leaves nothing in the home folder but its own cache", async () => {
		await using sandbox = await createSandbox();
		await mkdir(sandbox.path("home"));
		const { ended } = sandbox.start(["features", examplePath("cat.jpg"), "--input-size", "112"], {
			HOME: sandbox.path("home"),
			XDG_CACHE_HOME: undefined,
			ORT_DISABLE_TELEMETRY: undefined,
		});
		expect((await ended).code).toBe(0);
		expect(await readdir(sandbox.path("home"), { recursive: true })).toEqual([]);
	});

	it("writes the token grid as NumPy reads it", async () => {
		await using sandbox = await createSandbox();
		const image = examplePath("coffee.jpg");
		const result = await sandbox.dinoseg("features", image, "-o", "coffee.npy", "--input-size", "280");
		expect(result).toMatchObject({ code: 0, stdout: "" });
		const { header, data } = parseNpy(await readFile(sandbox.path("coffee.npy")));
		expect(header).toContain("'descr': '<f4', 'fortran_order': False, 'shape': (13, 20, 192)");
		expect(data).toHaveLength(13 * 20 * 192);
		expect(data.every(Number.isFinite)).toBe(true);
	});

	it("keeps an existing file unless forced, and fails by name", async () => {
		await using sandbox = await createSandbox();
		await writeFile(sandbox.path("tokens.npy"), "mine");
		const image = examplePath("cat.jpg");
		const refused = await sandbox.dinoseg("features", image, "--input-size", "112");
		expect(refused.code).toBe(1);
		expect(refused.stderr).toMatch(/tokens\.npy: .*--force/);
		expect(await readFile(sandbox.path("tokens.npy"), "utf8")).toBe("mine");
		expect((await sandbox.dinoseg("features", image, "--input-size", "112", "-f")).code).toBe(0);
		expect((await readFile(sandbox.path("tokens.npy"))).length).toBeGreaterThan(1000);
	});

	it("does not take flags of clustering", async () => {
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg("features", examplePath("cat.jpg"), "-k", "3");
		expect(result.code).toBe(2);
		expect(result.stderr).toContain("unknown option '-k'");
	});
});

describe("dinoseg doctor", () => {
	it("shows what is installed and passes its self-test", async () => {
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg("doctor");
		expect(result).toMatchObject({ code: 0, stderr: "" });
		expect(result.stdout).toMatch(/^ok {4}onnxruntime-node\s+\d+\.\d+/m);
		expect(result.stdout).toMatch(/^ok {4}kernels\s+(simd|reference) \(/m);
		expect(result.stdout).toMatch(/^ok {4}model\s+tiny \(bundled, not DINOv2\)/m);
		expect(result.stdout).toMatch(/^ok {4}memory\s+about \d+ MiB/m);
		expect(result.stdout).toMatch(/^ok {4}int8\s+(\d+\.\d x as fast|not faster on this CPU).*cosine of (0\.99|1\.00)/m);
		expect(result.stdout).toMatch(/^ok {4}self-test\s+passed in .* agreement \(ARI\) [01]\.\d+/m);
	});

	it("says what is wrong with a model and exits 1", async () => {
		await using sandbox = await createSandbox();
		const result = await sandbox.dinoseg("doctor", "-m", "nowhere", "--json");
		expect(result.code).toBe(1);
		const { ok, checks } = JSON.parse(result.stdout);
		expect(ok).toBe(false);
		expect(checks).toContainEqual({ name: "model", ok: false, value: expect.stringContaining("nowhere") });
	});
});
