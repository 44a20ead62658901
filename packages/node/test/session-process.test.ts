import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

const dist = (path: string) => new URL(`../dist/${path}`, import.meta.url).href;

/** In the thread of a network: tells its process what it calls in the native part of onnxruntime, just before. */
const ANNOUNCE = `
	import { createRequire } from "node:module";
	const { binding } = createRequire("${dist("session/worker.js")}")("onnxruntime-node/dist/binding.js");
	const channel = new BroadcastChannel("onnxruntime");
	channel.unref();
	binding.InferenceSession = class extends binding.InferenceSession {
		loadModel(...model) {
			channel.postMessage("loadModel");
			return super.loadModel(...model);
		}
		run(...inputs) {
			channel.postMessage("run");
			return super.run(...inputs);
		}
	};
`;

/**
 * Opens a session of the bundled model; `run(batch)` starts a run that takes about 0.15 s per picture. `called("run")`
 * is settled when onnxruntime has begun to run the network, `called("loadModel")` when it has begun to load it.
 */
const PRELUDE = `
	import { syncBuiltinESMExports } from "node:module";
	import threads from "node:worker_threads";
	import { placeInputs, resolveVariant } from "@dinoseg/core/model";
	import { buildNetworkGraph } from "@dinoseg/core/model/graph";
	import { loadCheckpoint } from "${dist("model/load-checkpoint.js")}";
	import { resolveModel } from "${dist("model/resolve-model.js")}";
	import { createNetworkSession } from "${dist("session/network-session.js")}";
	const { Worker, BroadcastChannel } = threads;
	threads.Worker = class extends Worker {
		constructor(file, options) {
			super(file, { ...options, execArgv: ["--import", "data:text/javascript,${encodeURIComponent(ANNOUNCE)}"] });
		}
	};
	syncBuiltinESMExports();
	const called = (what) => new Promise((resolve) => {
		const channel = new BroadcastChannel("onnxruntime");
		channel.onmessage = ({ data }) => {
			if (data === what) {
				channel.close();
				resolve();
			}
		};
	});
	const checkpoint = await loadCheckpoint((await resolveModel("tiny")).folder);
	const variant = resolveVariant(checkpoint.config, { facet: "token", layer: [-1], stride: "patch" });
	const options = { graph: buildNetworkGraph(checkpoint, variant), folder: checkpoint.folder, threads: 1 };
	const run = (session, batch, signal) => session.run({
		pixels: new Float32Array(batch * 3 * 518 * 518).fill(0.1),
		shape: [batch, 3, 518, 518],
		places: placeInputs(checkpoint, { width: 518, height: 518 }, { stride: variant.stride, positionGrid: "official" }),
		signal,
	});
`;

interface Outcome {
	readonly code: number | null;
	readonly signal: string | null;
	readonly stdout: string;
	readonly stderr: string;
}

async function runProcess(script: string, meanwhile: (child: ChildProcess) => void = () => {}): Promise<Outcome> {
	const child = spawn(process.execPath, ["--input-type=module", "-e", PRELUDE + script], {
		cwd: new URL("..", import.meta.url),
		stdio: ["ignore", "pipe", "pipe"],
	});
	let stdout = "";
	let stderr = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
		meanwhile(child);
	});
	child.stderr.on("data", (chunk) => {
		stderr += chunk;
	});
	const [code, signal] = await once(child, "close");
	return { code, signal, stdout, stderr };
}

it("a process with an idle session ends by itself", async () => {
	const outcome = await runProcess(`
		const session = await createNetworkSession(options);
		console.log((await run(session, 1)).tokens.length);
	`);
	expect(outcome).toEqual({ code: 0, signal: null, stdout: `${37 * 37 * 192}\n`, stderr: "" });
});

it("a run keeps its process alive, also when nobody waits for it any more", async () => {
	const outcome = await runProcess(`
		const session = await createNetworkSession(options);
		run(session, 1).then(({ tokens }) => console.log(tokens.length));
		const controller = new AbortController();
		run(session, 1, controller.signal).catch((error) => console.log(error.code));
		setImmediate(() => controller.abort());
	`);
	expect(outcome).toMatchObject({ code: 0, stderr: "" });
	expect(outcome.stdout.split("\n").sort()).toEqual(["", `${37 * 37 * 192}`, "ABORTED"]);
});

it.each([
	["process.exit", "process.exit(3);", 3],
	["an uncaught error", "throw new Error('on purpose');", 1],
])("%s during a run does not abort the process", async (_what, statement, code) => {
	const outcome = await runProcess(`
		const session = await createNetworkSession(options);
		called("run").then(() => setImmediate(() => { ${statement} }));
		await run(session, 4);
		console.log("ran to its end");
	`);
	expect(outcome).toMatchObject({ code, signal: null, stdout: "" });
	expect(outcome.stderr).not.toMatch(/terminate|Napi/);
});

it("process.exit while a network loads does not abort the process", async () => {
	const outcome = await runProcess(`
		called("loadModel").then(() => process.exit(4));
		await createNetworkSession(options);
		console.log("loaded");
	`);
	expect(outcome).toEqual({ code: 4, signal: null, stdout: "", stderr: "" });
});

it("an interrupt during a run ends the process by the signal", async () => {
	const script = `
		const session = await createNetworkSession(options);
		called("run").then(() => console.log("running"));
		await run(session, 4);
		console.log("ran to its end");
	`;
	const outcome = await runProcess(script, (child) => child.kill("SIGINT"));
	expect(outcome).toEqual({ code: null, signal: "SIGINT", stdout: "running\n", stderr: "" });
});

it("a worker that dies rejects its runs, and all later ones", async () => {
	const outcome = await runProcess(`
		const { postMessage } = Worker.prototype;
		const session = await createNetworkSession(options);
		// A message that the worker cannot read makes it fail.
		Worker.prototype.postMessage = function () { postMessage.call(this, null); };
		const codes = [];
		const first = run(session, 1).catch((error) => codes.push(error.code));
		const second = run(session, 1).catch((error) => codes.push(error.code));
		await Promise.all([first, second]);
		await run(session, 1).catch((error) => codes.push(error.code));
		await session.close();
		console.log(codes.join());
	`);
	const failed = "MODEL_RUN_FAILED";
	expect(outcome).toEqual({ code: 0, signal: null, stdout: `${failed},${failed},${failed}\n`, stderr: "" });
});
