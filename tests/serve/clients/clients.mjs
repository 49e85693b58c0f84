// clients.mjs MODULES URL KEY SECRET STATEMENTS: what other people's clients do with a running store, and what another
// people's rules say of the statements that ropes writes (STATEMENTS: a file, one a line).
// Ends with "N passed, M failed".
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { finish, ok } from "../../told.mjs";

const [modules, url, key, secret, statements] = process.argv.slice(2);
const require = createRequire(join(modules, "node_modules", "x.js"));
const XAPI = require("@xapi/xapi");
const TinCan = require("tincanjs");
const rules = require("@learninglocker/xapi-validation/dist/factory");

const same = (seen, due, what) => ok(isDeepStrictEqual(seen, due), what, { seen, due });
// Over fetch this client tells what was said, but not the status.
async function refuses(status, promise, what) {
	try {
		const taken = await promise;
		ok(false, `${what}: it is not refused`, taken.data);
	} catch (error) {
		ok(error.response ? error.response.status === status : error.constructor === Error, what, String(error));
	}
}
const sha2 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const mail = (name = randomUUID()) => ({ objectType: "Agent", mbox: `mailto:${name}@example.com` });
const plain = (more) => ({
	actor: mail(), verb: { id: "http://adlnet.gov/expapi/verbs/experienced", display: { en: "experienced" } },
	object: { objectType: "Activity", id: `http://example.com/${randomUUID()}` }, ...more,
});
const attachment = (bytes, contentType) => ({
	usageType: "http://id.tincanapi.com/attachment/supporting_media", display: { en: "a" }, contentType, length: bytes.length, sha2: sha2(bytes),
});

// ---- @xapi/xapi, over both of its ways to ask ----
async function xapi(adapter) {
	const lrs = new XAPI({ endpoint: `${url}/`, auth: XAPI.toBasicAuth(key, secret), adapter });
	const about = (await lrs.getAbout()).data;
	ok(about.version.includes("1.0.3") && about.version.includes("2.0.0"), "about", about);

	// statements
	const agent = mail(), first = plain({ actor: agent, id: randomUUID() });
	same((await lrs.sendStatement({ statement: first })).data, [first.id], "an id comes back");
	const got = (await lrs.getStatement({ statementId: first.id })).data;
	same([got.actor, got.verb, got.object], [first.actor, first.verb, first.object], "a statement comes back");
	const many = Array.from({ length: 5 }, () => plain({ actor: agent }));
	const ids = (await lrs.sendStatements({ statements: many })).data;
	same(ids.length, 5, "five ids");
	let page = (await lrs.getStatements({ agent, limit: 2 })).data;
	const found = [...page.statements];
	while (page.more) {
		page = (await lrs.getMoreStatements({ more: page.more })).data;
		found.push(...page.statements);
	}
	same(found.map((s) => s.id), [...ids].reverse().concat(first.id), "page by page, the newest first");
	same((await lrs.getStatements({ activity: first.object.id, related_activities: true, related_agents: false, ascending: true,
		since: "2000-01-01T00:00:00Z", until: "2100-01-01T00:00:00.000Z", format: "canonical" })).data.statements.map((s) => s.id), [first.id], "with every parameter");
	same((await lrs.voidStatement({ actor: agent, statementId: first.id })).data.length, 1, "voiding");
	await refuses(404, lrs.getStatement({ statementId: first.id }), "it is voided");
	same((await lrs.getVoidedStatement({ voidedStatementId: first.id })).data.id, first.id, "and found as such");
	await lrs.voidStatements({ actor: agent, statementIds: ids });
	await refuses(404, lrs.getStatement({ statementId: ids[4] }), "all of them");
	await refuses(400, lrs.sendStatement({ statement: { actor: agent } }), "what is none is refused");

	// attachments: under node, axios itself puts another Content-Type before them
	if (adapter === "fetch") {
		const text = "a simple text attachment";
		const bytes = new TextEncoder().encode(text);
		const statement = plain({ id: randomUUID(), attachments: [attachment(bytes, "text/plain")] });
		same((await lrs.sendStatement({ statement, attachments: [bytes.buffer] })).data, [statement.id], "an attachment goes in");
		const parts = (await lrs.getStatement({ statementId: statement.id, attachments: true })).data;
		same(parts[0].id, statement.id, "with its statement comes");
		const back = typeof parts[1] === "string" ? parts[1] : new TextDecoder().decode(parts[1]);
		ok(back.includes("a simple text attachment"), "what was attached", parts[1]);
	}

	// documents
	const activityId = `http://example.com/${randomUUID()}`, registration = randomUUID();
	for (const more of [{}, { registration }]) {
		const at = { agent, activityId, stateId: "bookmark", ...more };
		await refuses(404, lrs.getState(at), "no state yet");
		await lrs.createState({ ...at, state: { page: 1, name: "\u00fc" } });
		await lrs.createState({ ...at, state: { page: 2 } });
		const state = await lrs.getState(at);
		same(state.data, { page: 2, name: "\u00fc" }, "a state is merged");
		const etag = state.headers.etag ?? state.headers.get?.("etag");
		await lrs.setState({ ...at, state: { page: 3 }, etag, matchHeader: "If-Match" });
		await refuses(412, lrs.setState({ ...at, state: { page: 4 }, etag, matchHeader: "If-Match" }), "an old tag is refused");
		same((await lrs.getStates({ agent, activityId, ...more })).data, ["bookmark"], "states are listed");
		await lrs.setState({ ...at, state: "text", contentType: "text/plain" });
		same((await lrs.getState(at)).data, "text", "a state is text");
		await lrs.deleteState(at);
		await refuses(404, lrs.getState(at), "a state is gone");
		await lrs.createState({ ...at, state: {} });
		await lrs.deleteStates({ agent, activityId, ...more });
		same((await lrs.getStates({ agent, activityId, ...more })).data, [], "all are gone");
	}
	for (const [name, place] of [["ActivityProfile", { activityId }], ["AgentProfile", { agent }]]) {
		const at = { ...place, profileId: "profile" };
		await lrs[`create${name}`]({ ...at, profile: { a: 1 } });
		const profile = await lrs[`get${name}`](at);
		const etag = profile.headers.etag ?? profile.headers.get?.("etag");
		same(profile.data, { a: 1 }, `${name} comes back`);
		await lrs[`set${name}`]({ ...at, profile: { a: 2 }, etag, matchHeader: "If-Match" });
		await refuses(412, lrs[`set${name}`]({ ...at, profile: { a: 3 }, etag: "*", matchHeader: "If-None-Match" }), `${name} is there already`);
		same((await lrs[`get${name}s`](place)).data, ["profile"], `${name} is listed`);
		await lrs[`delete${name}`](at);
		await refuses(404, lrs[`get${name}`](at), `${name} is gone`);
	}
	same((await lrs.getAgent({ agent })).data, { objectType: "Person", mbox: [agent.mbox] }, "a person");
	same((await lrs.getActivity({ activityId })).data.id, activityId, "an activity");
	const stranger = new XAPI({ endpoint: `${url}/`, auth: XAPI.toBasicAuth(key, "wrong"), adapter });
	await refuses(401, stranger.getStatements({}), "a wrong secret is refused");
}

// ---- tincanjs ----
async function tincan(version) {
	const lrs = new TinCan.LRS({ endpoint: `${url}/`, username: key, password: secret, version, allowFail: false });
	// A call with its callback as a promise: { err, result }; err is the status.
	const call = (name, ...args) => new Promise((resolve) => {
		const config = args.pop();
		lrs[name](...args, { ...config, callback: (err, result) => resolve({ err, result }) });
	});
	const agent = new TinCan.Agent(mail()), activity = new TinCan.Activity({ id: `http://example.com/${randomUUID()}`, definition: { name: { en: "x" } } });
	same((await call("about", {})).result.version.includes("1.0.3"), true, `${version}: about`);

	// statements
	const make = (more) => new TinCan.Statement({ actor: agent, verb: { id: "http://adlnet.gov/expapi/verbs/attempted", display: { und: "attempted" } },
		target: activity, result: { score: { scaled: 0.5 }, duration: "PT1.5S" }, context: { contextActivities: { parent: [{ id: "http://example.com/parent" }] } }, ...more });
	const one = make();
	same((await call("saveStatement", one, {})).err, null, `${version}: a statement goes in`);
	const back = (await call("retrieveStatement", one.id, {})).result;
	same([back.id, back.actor.mbox, back.result.score.scaled], [one.id, agent.mbox, 0.5], `${version}: and out`);
	const some = Array.from({ length: 4 }, () => make());
	same((await call("saveStatements", some, {})).err, null, `${version}: four at once`);
	let page = (await call("queryStatements", { params: { agent, activity, limit: 2 } })).result;
	const ids = page.statements.map((s) => s.id);
	while (page.more) {
		page = (await call("moreStatements", { url: page.more })).result;
		ids.push(...page.statements.map((s) => s.id));
	}
	same(ids, some.map((s) => s.id).reverse().concat(one.id), `${version}: page by page`);
	const voiding = new TinCan.Statement({ actor: agent, verb: { id: "http://adlnet.gov/expapi/verbs/voided" }, target: { objectType: "StatementRef", id: one.id } });
	same((await call("saveStatement", voiding, {})).err, null, `${version}: voiding`);
	same((await call("retrieveStatement", one.id, {})).err, 404, `${version}: it is voided`);
	same((await call("retrieveVoidedStatement", one.id, {})).result.id, one.id, `${version}: and found as such`);

	// attachments
	const content = new TextEncoder().encode("attached text");
	const attached = make({ attachments: [{ ...attachment(content, "text/plain"), content: content.buffer }] });
	same((await call("saveStatement", attached, {})).err, null, `${version}: an attachment goes in`);
	const whole = (await call("retrieveStatement", attached.id, { params: { attachments: true } })).result;
	same(whole.attachments?.[0]?.getContentAsString(), "attached text", `${version}: and out`);

	// documents
	const state = { agent, activity, registration: randomUUID() };
	same((await call("saveState", "s", { a: 1 }, { ...state, contentType: "application/json" })).err, null, `${version}: a state`);
	same((await call("saveState", "s", { b: 2 }, { ...state, contentType: "application/json", method: "POST" })).err, null, `${version}: is merged`);
	const kept = (await call("retrieveState", "s", state)).result;
	same(kept.contents, { a: 1, b: 2 }, `${version}: comes back`);
	same((await call("saveState", "s", "x", { ...state, lastSHA1: kept.etag })).err, null, `${version}: is replaced by its tag`);
	same((await call("saveState", "s", "y", { ...state, lastSHA1: kept.etag })).err, 412, `${version}: not by an old one`);
	same((await call("saveState", "s", "y", state)).err, null, `${version}: and without`);
	same((await call("retrieveStateIds", state)).result, ["s"], `${version}: states are listed`);
	same((await call("dropState", null, state)).err, null, `${version}: all go`);
	same((await call("retrieveState", "s", state)).result, null, `${version}: they are gone`);
	for (const [name, place] of [["ActivityProfile", { activity }], ["AgentProfile", { agent }]]) {
		same((await call(`save${name}`, "p", { a: 1 }, { ...place, contentType: "application/json" })).err, null, `${version}: ${name}`);
		const profile = (await call(`retrieve${name}`, "p", place)).result;
		same(profile.contents, { a: 1 }, `${version}: ${name} comes back`);
		same((await call(`save${name}`, "p", "x", place)).err, 412, `${version}: ${name} is not replaced without its tag`);
		same((await call(`save${name}`, "p", "x", { ...place, lastSHA1: profile.etag })).err, null, `${version}: but with it`);
		same((await call(`retrieve${name}Ids`, place)).result, ["p"], `${version}: ${name} is listed`);
		same((await call(`drop${name}`, "p", place)).err, null, `${version}: ${name} goes`);
	}
	same((await call("retrieveActivity", activity.id, {})).result.definition.name.en, "x", `${version}: an activity`);
}

// ---- the rules of another store ----
function validation() {
	const lines = readFileSync(statements, "utf8").split("\n").filter((line) => line !== "");
	ok(lines.length > 0, "there are statements", lines.length);
	for (const line of lines) {
		const warnings = rules.statement(JSON.parse(line), ["statement"]);
		same(warnings, [], `valid by others, too: ${line}`);
	}
}

async function given() {
	const lrs = new XAPI({ endpoint: `${url}/`, auth: XAPI.toBasicAuth(key, secret) });
	let page = (await lrs.getStatements({})).data;
	for (const statement of page.statements) {
		const warnings = rules.statement(statement, ["statement"]);
		same(warnings, [], `what the store gives back is valid by others, too: ${JSON.stringify(statement)}`);
	}
}

for (const [name, run] of [["@xapi/xapi, axios", () => xapi("axios")], ["@xapi/xapi, fetch", () => xapi("fetch")], ["tincanjs 1.0.2", () => tincan("1.0.2")],
	["tincanjs 1.0.0", () => tincan("1.0.0")], ["what is recorded", validation], ["what is given", given]]) {
	try {
		await run();
	} catch (error) { // one that breaks is told, and the others go on
		ok(false, name, error.response ? [error.response.status, error.response.data, error.config?.url] : String(error.stack ?? error));
	}
}
finish();
