import { gzipSync } from "node:zlib";
import { listFiles } from "@huggingface/hub";
import { describe, expect, it } from "vitest";
import type { HubServer, Misbehaviour, ServedRequest } from "../../../fixtures/hub-server.ts";
import { modelInfo } from "../dist/hub/index.js";
import { COMMIT, listTree, noiseRepo, REPO, useFailingPulls, useHubServers } from "./support/hub-models.ts";
import { useTemporaryFolder } from "./support/temporary-folder.ts";

const BYTES = 1000;
const SHA1 = "a".repeat(40);
const SHA256 = "b".repeat(64);
const REVISION_PATH = `/api/models/${REPO}/revision/main`;
const TREE_PATH = `/api/models/${REPO}/tree/${COMMIT}`;

const start = useHubServers();
const root = useTemporaryFolder();
const { pull, expectFailure } = useFailingPulls(root);

const entry = (path: string, changes: object = {}) => ({ type: "file", path, size: 1, oid: SHA1, ...changes });
const weights = (changes: object) => JSON.stringify([entry("model.safetensors", changes)]);
const isTree = (request: ServedRequest) => request.path.includes("/tree/");

/** A hub that answers so when asked for a revision, or for the list of files. */
async function answering(kind: "revision" | "tree", answer: Misbehaviour): Promise<HubServer> {
	const server = await start({ [REPO]: noiseRepo(BYTES) });
	server.misbehave = (request) => (request.path.includes(`/${kind}/`) ? { status: 200, ...answer } : undefined);
	return server;
}

/** A hub that links each page of its list to another. */
async function paging(page: (asked: number, server: HubServer) => { body?: unknown; next?: string }) {
	const server = await start({ [REPO]: noiseRepo(BYTES) });
	server.misbehave = (request) => {
		if (!isTree(request)) {
			return undefined;
		}
		const { body, next } = page(server.requests.filter(isTree).length, server);
		const headers = next === undefined ? {} : { Link: next };
		return { status: 200, headers, body: JSON.stringify(body ?? []) };
	};
	return server;
}

const followed = (server: HubServer) => server.requests.filter(isTree).map(({ query }) => query);

describe("a list of files in pages", () => {
	const all = async (server: HubServer) => {
		const answer = await fetch(`${server.url}${TREE_PATH}`);
		return (await answer.json()) as { path: string; size: number }[];
	};

	it.each([
		["an absolute link", (url: string) => `<${url}${TREE_PATH}?cursor=2>; rel="next"`],
		["a relative link", () => '<?cursor=2>; rel="next"'],
		["several links", () => '<?cursor=1>; rel="prev"; title="a, b", <?cursor=2>; rel=next, <?cursor=9>; rel="last"'],
	])("goes on at %s", async (_, link) => {
		const plain = await start({ [REPO]: noiseRepo(BYTES) });
		const entries = await all(plain);
		const server = await paging((asked, { url }) =>
			asked % 2 === 1 ? { body: entries.slice(0, 2), next: link(url) } : { body: entries.slice(2) },
		);
		const model = await pull(server).running;
		expect(followed(server)).toEqual(["", "cursor=2"]);
		expect(model.files.map(({ name }) => name)).toContain("model.safetensors");
	});

	it("is the one that @huggingface/hub reads", async () => {
		const plain = await start({ [REPO]: noiseRepo(BYTES) });
		const entries = await all(plain);
		const server = await paging((asked, { url }) =>
			asked % 2 === 1
				? { body: entries.slice(0, 3), next: `<${url}${TREE_PATH}?cursor=2>; rel="next"` }
				: { body: entries.slice(3) },
		);
		const { files } = await pull(server).running;
		const reference = new Map<string, number>();
		for await (const { path, size } of listFiles({ repo: REPO, revision: COMMIT, hubUrl: server.url })) {
			reference.set(path, size);
		}
		expect([...reference.keys()].sort()).toEqual(entries.map(({ path }) => path).sort());
		expect(files.map(({ name, bytes }) => [name, bytes])).toEqual(files.map(({ name }) => [name, reference.get(name)]));
	});

	it.each([
		["itself", () => `<${TREE_PATH}>; rel="next"`, 1, /was read already/],
		[
			"a page before it",
			(asked: number) => `<?cursor=${asked % 3}>; rel="next"`,
			4,
			/\?cursor=1, which was read already/,
		],
		["ever new pages without an end", (asked: number) => `<?cursor=${asked}>; rel="next"`, 50, /more than 50 pages/],
		[
			"another host",
			() => '<https://hub.example/api/models/x?signature=1>; rel="next"',
			1,
			/hub\.example.*another host/,
		],
		["another port", () => '<http://127.0.0.1:9/>; rel="next"', 1, /another host.*HF_ENDPOINT/],
		["another protocol", () => '<file:///etc/passwd>; rel="next"', 1, /file:.*another host/],
		["no address", () => '<http://[>; rel="next"', 1, /another host/],
	])("does not follow a link to %s", async (_, link, pages, message) => {
		const server = await paging((asked) => ({ next: link(asked) }));
		const { error, delays } = await expectFailure(server, "HUB_RESPONSE_INVALID");
		expect(error.message).toContain(`${server.url}${TREE_PATH}: `);
		expect(error.message).toMatch(message);
		expect(followed(server).length).toBe(pages);
		expect(delays).toEqual([]);
	});

	it("has an end, however its pages are filled", async () => {
		const body = Array.from({ length: 1000 }, (_, index) => entry(`${index}.txt`));
		const server = await paging((asked) => ({ body, next: `<?cursor=${asked}>; rel="next"` }));
		const { error } = await expectFailure(server, "HUB_RESPONSE_INVALID");
		expect(error.message).toContain("more than 10000 files");
		expect(followed(server).length).toBe(11);
	});
});

describe("an answer that is not what was asked for names the URL, what came and what to do", () => {
	const text = (body: string | Buffer, headers = {}): Misbehaviour => ({ body, headers });

	it.each<[string, Misbehaviour, RegExp]>([
		["null", text("null"), /the answer must be an object, got null\. Check HF_ENDPOINT/],
		["a list", text("[]"), /the answer must be an object, got \[\]\./],
		["a text", text('"main"'), /the answer must be an object, got "main"\./],
		["another object", text('{"a":1}'), /sha must be the commit's 40 hexadecimal digits, got nothing in \{"a":1\}\./],
		["a sha that is null", text('{"sha":null}'), /sha must be .*, got null in/],
		["a sha that is a list", text(`{"sha":["${SHA1}"]}`), /sha must be .*, got a list in/],
		["a sha of 39 digits", text(`{"sha":"${SHA1.slice(1)}"}`), /sha must be .*, got "a{39}" in/],
		["a sha that is a path", text('{"sha":"../../evil"}'), /sha must be .*, got "\.\.\/\.\.\/evil" in/],
		["a sha that is a branch", text('{"sha":"main"}'), /sha must be .*, got "main" in/],
		["a sha of capitals", text(`{"sha":"${"G".repeat(40)}"}`), /sha must be .*, got "G{40}" in/],
		["an error in place of a model", text('{"error":"down"}'), /got nothing in \{"error":"down"\}\./],
		["nothing", text(""), /answered with nothing in place of JSON\. Log in/],
		["JSON cut short", text(`{"sha":"${SHA1}"`), /a text that is no JSON, or not all of it \(\{"sha":"a+"\)/],
		[
			"a plain text",
			text("Bad\n\tGateway"),
			/no JSON, or not all of it \(Bad Gateway\).*check HF_ENDPOINT and the proxy/,
		],
		["a page", text(" <html>Log in</html>"), /a web page \(<html>Log in<\/html>\) in place of JSON/],
		["bytes that are no text", text(Buffer.from([0xff, 0xfe, 0x00])), /no JSON/],
		["a text without end", text("x".repeat(1e6)), /no JSON, or not all of it \(x{100}…\)/],
	])("revision: %s", async (_, answer, message) => {
		const server = await answering("revision", answer);
		const { error, delays } = await expectFailure(server, "HUB_RESPONSE_INVALID");
		expect(error.message).toContain(`${server.url}${REVISION_PATH}: `);
		expect(error.message).toMatch(message);
		expect(error.message.length).toBeLessThan(600);
		expect(server.requests.length).toBe(1);
		expect(delays).toEqual([]);
	});

	it("revision: another commit than was asked for", async () => {
		const server = await answering("revision", { body: JSON.stringify({ sha: SHA1 }) });
		const { error } = await expectFailure(server, "HUB_RESPONSE_INVALID", { name: `${REPO}@${COMMIT}` });
		expect(error.message).toContain(`answered with commit ${SHA1} in place of ${COMMIT}`);
	});

	it.each<[string, string, RegExp]>([
		["null", "null", /the answer must be a list of files, got null\. Check HF_ENDPOINT/],
		["an object", '{"a":1}', /the answer must be a list of files, got \{"a":1\}\./],
		["a number", "7", /the answer must be a list of files, got 7\./],
		["a list of null", "[null]", /\[0\] must be an object, got null in \[null\]\./],
		["a list of lists", `[${JSON.stringify(entry("a.txt"))},[]]`, /\[1\] must be an object, got a list in/],
		["no path", '[{"type":"file"}]', /\[0\]\.path must be a text, got nothing in/],
		["a path that is a number", '[{"type":"file","path":5}]', /\[0\]\.path must be a text, got 5 in/],
		["a type that is an object", '[{"type":{},"path":"a"}]', /\[0\]\.type must be a text, got an object in/],
		["no size", weights({ size: undefined }), /\[0\]\.size must be a whole number .*, got nothing in/],
		["a negative size", weights({ size: -1 }), /\[0\]\.size must be a whole number of bytes from 0 .*, got -1 in/],
		["half a byte", weights({ size: 0.5 }), /\[0\]\.size must be .*, got 0\.5 in/],
		["a size that is a text", weights({ size: "1" }), /\[0\]\.size must be .*, got "1" in/],
		["more bytes than any disk", weights({ size: 2 ** 40 + 1 }), /\[0\]\.size must be .*, got 1099511627777 in/],
		["more bytes than a number holds", weights({}).replace('"size":1', '"size":1e400'), /got Infinity in/],
		["no hash", weights({ oid: undefined }), /\[0\]\.oid must be 40 hexadecimal digits, got nothing in/],
		["a hash that is a path", weights({ oid: "../../x" }), /\[0\]\.oid must be .*, got "\.\.\/\.\.\/x" in/],
		["a large file's hash that is a path", weights({ lfs: { oid: "../x", size: 1 } }), /\[0\]\.lfs\.oid must be 64 /],
		["a large file without a size", weights({ lfs: { oid: SHA256 } }), /\[0\]\.lfs\.size must be .*, got nothing in/],
		["a large file of -1 bytes", weights({ lfs: { oid: SHA256, size: -1 } }), /\[0\]\.lfs\.size must be .*, got -1 in/],
		["a large file that is a list", weights({ lfs: [] }), /\[0\]\.lfs must be an object, got a list in/],
		[
			"a configuration of a gigabyte",
			JSON.stringify([entry("config.json", { size: 1e9 })]),
			/lists config\.json with 1000000000 bytes.*Choose another model/,
		],
		["JSON cut short", weights({}).slice(0, -1), /no JSON, or not all of it \(\[\{"type"/],
		["lists in lists in lists", "[".repeat(1e5) + "]".repeat(1e5), /\[0\] must be an object, got a list in \[{100}…/],
		["a million wrong entries", `[${"0,".repeat(1e6)}0]`, /more than 10000 files/],
	])("list: %s", async (_, body, message) => {
		const server = await answering("tree", { body });
		const { error, delays } = await expectFailure(server, "HUB_RESPONSE_INVALID");
		expect(error.message).toContain(`${server.url}${TREE_PATH}: `);
		expect(error.message).toMatch(message);
		expect(error.message.length).toBeLessThan(600);
		expect(delays).toEqual([]);
	});

	it.each(["revision", "tree"] as const)("%s: an answer without end is read to 16 MiB", async (kind) => {
		const huge = Buffer.alloc(2 ** 26, " ");
		const server = await answering(kind, { body: huge });
		const { error } = await expectFailure(server, "HUB_RESPONSE_INVALID");
		expect(error.message).toMatch(/answered with more than 16777216 bytes of JSON/);
		expect(server.requests.at(-1)?.sent).toBeLessThan(huge.length);
		const packed = await answering(kind, { body: gzipSync(huge), headers: { "Content-Encoding": "gzip" } });
		const { error: unpacked } = await expectFailure(packed, "HUB_RESPONSE_INVALID");
		expect(unpacked.message).toMatch(/answered with more than 16777216 bytes of JSON/);
	});

	it("a connection cut within the JSON is tried again", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = (request) => (isTree(request) && followed(server).length <= 2 ? { cutAfter: 20 } : undefined);
		const { delays, running } = pull(server);
		expect((await running).revision).toBe(COMMIT);
		expect(delays.length).toBe(2);
	});

	it.each([
		["a card that is a number", { cardData: 5 }, "apache-2.0"],
		["a licence that is an object", { cardData: { license: { a: 1 } } }, "apache-2.0"],
		["a licence without end", { cardData: { license: "x".repeat(1e6) } }, "apache-2.0"],
		["no card", {}, "apache-2.0"],
		["a licence of its own", { cardData: { license: "other", license_name: "my-own" } }, "my-own"],
		["two licences", { cardData: { license: ["mit", "apache-2.0"] } }, "mit, apache-2.0"],
	])("%s stops nothing", async (_, fields, licence) => {
		const server = await answering("revision", { body: JSON.stringify({ sha: COMMIT, ...fields }) });
		const info = await modelInfo("dinov2-small", {
			home: root.path,
			cacheFolder: root.path,
			env: { HF_ENDPOINT: server.url },
		});
		expect(info.licence).toBe(licence);
	});

	it.each([
		["null", "null", "Name a branch"],
		["no lists", '{"branches":5}', "Name a branch"],
		[
			"odd names beside a good one",
			'{"branches":[1,null,{"name":{}},{"name":"release-1"}]}',
			'Did you mean "release-1"?',
		],
		["odd tags only", '{"tags":[{},[],"release-1"]}', "Name a branch"],
		["a name without end", JSON.stringify({ branches: [{ name: "r".repeat(1e6) }] }), "Name a branch"],
		["JSON cut short", '{"branches":[', "Name a branch"],
	])("branches and tags: %s, and the unknown revision is still told", async (_, body, hint) => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = ({ path }) => (path.endsWith("/refs") ? { status: 200, body } : undefined);
		const { error } = await expectFailure(server, "HUB_REVISION_NOT_FOUND", { name: `${REPO}@release` });
		expect(error.message).toContain(`has no revision "release". ${hint}`);
	});

	it("asks for no more than the commit and the card", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		await pull(server, { name: `${REPO}@refs/pr/1` }).running.catch(() => undefined);
		const [first] = server.requests;
		expect(first).toMatchObject({ method: "GET", path: `/api/models/${REPO}/revision/refs/pr/1` });
		expect(first.query).toBe("expand=sha&expand=cardData");
	});
});

describe("a hostile hub", () => {
	it.each([
		"../model.safetensors",
		"/etc/model.safetensors",
		"a/../../model.safetensors",
		"a\0b.safetensors",
		"../notes.txt",
	])("cannot list a path that git does not hold: %j", async (path) => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		server.misbehave = (request) =>
			request.path.includes("/tree/") ? { status: 200, body: JSON.stringify([entry(path)]) } : undefined;
		await expectFailure(server, "HUB_PATH_UNSAFE");
		expect(await listTree(root.path).then((lines) => lines.filter((line) => line.includes("etc")))).toEqual([]);
	});

	it("may list files of any other name and size: they are left alone", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		const odd = [
			"..\\..\\model.safetensors",
			"C:\\model.safetensors",
			"C:model.safetensors",
			"\\\\host\\share\\model.safetensors",
			"con.safetensors",
			"aux.txt",
			`${"x".repeat(300)}.safetensors`,
			"mo\ndel.safetensors",
			"weights (copy) größer.safetensors",
			"-rf.safetensors",
			".safetensors",
			"what?.json",
			"a:b/c d.txt",
			"trailing.",
			"🦕.png",
		];
		const plain = (await (await fetch(`${server.url}${TREE_PATH}`)).json()) as object[];
		const entries = [...odd.map((path) => entry(path)), entry("retrieval.index.json", { size: 1e9 }), ...plain];
		server.misbehave = (request) => (isTree(request) ? { status: 200, body: JSON.stringify(entries) } : undefined);
		const { running, cacheFolder } = pull(server);
		const model = await running;
		const wanted = ["config.json", "model.safetensors", "preprocessor_config.json"];
		expect(model.files.map(({ name }) => name).sort()).toEqual(wanted);
		expect([...new Set(server.requests.flatMap(({ file }) => file ?? []))].sort()).toEqual(wanted);
		const snapshot = `snapshots/${COMMIT}/`;
		const names = (await listTree(cacheFolder)).filter((line) => line.includes(snapshot));
		expect(names.map((line) => line.split(snapshot)[1].split(" ")[0])).toEqual(wanted);
	});

	it.each([
		["con.safetensors", "HUB_PATH_UNSAFE"],
		["a b.safetensors", "HUB_PATH_UNSAFE"],
		["mo\ndel.safetensors", "MODEL_CONFIG_INVALID"],
	])("cannot have weights in a file named %j", async (name, code) => {
		const { "model.safetensors": _, ...files } = noiseRepo(1).files;
		const index = Buffer.from(JSON.stringify({ weight_map: { a: name } }));
		const server = await start({
			[REPO]: noiseRepo(1, { files: { ...files, "model.safetensors.index.json": index, [name]: Buffer.from("x") } }),
		});
		const { error } = await expectFailure(server, code);
		expect(error.message.split("\n").length).toBe(1);
		expect(server.requests.map(({ file }) => file)).not.toContain(name);
	});

	it("cannot name files by the index of the weights", async () => {
		const { "model.safetensors": _, ...files } = noiseRepo(1).files;
		const index = JSON.stringify({ weight_map: { a: "../../../evil.safetensors" } });
		const server = await start({
			[REPO]: noiseRepo(1, { files: { ...files, "model.safetensors.index.json": Buffer.from(index) } }),
		});
		await expectFailure(server, "MODEL_CONFIG_INVALID");
	});

	it("never has more than safetensors and JSON fetched", async () => {
		const server = await start({ [REPO]: noiseRepo(BYTES) });
		await pull(server).running;
		const fetched = new Set(server.requests.flatMap(({ file }) => (file === undefined ? [] : [file])));
		expect([...fetched].sort()).toEqual(["config.json", "model.safetensors", "preprocessor_config.json"]);
	});
});
