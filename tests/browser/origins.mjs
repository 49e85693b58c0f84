// tests/browser/origins.mjs ORIGIN ALLOWED KEYS: what scripts and forms of other pages do with a running server, in a real browser.
// The server was started with --allow-origin ALLOWED. KEYS: a file {"lead": [key, secret], "learner": [key, secret]}.
// Ends with "N passed, M failed".
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { finish, ok } from '../told.mjs';

const require = createRequire(`${process.env.NODE_FOLDER}/`);
const { chromium } = require('playwright-core');
const [server, allowed, file] = process.argv.slice(2);
const keys = JSON.parse(readFileSync(file, 'utf8'));
const basic = (role) => `Basic ${Buffer.from(keys[role].join(':')).toString('base64')}`;

const same = (seen, due, what) => ok(JSON.stringify(seen) === JSON.stringify(due), what, { seen, due });

// Two pages of other origins: empty ones, whose scripts are given to them.
const empty = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>content</title>'));
await new Promise((ready) => empty.listen(new URL(allowed).port, new URL(allowed).hostname, ready));
const evil = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>evil</title>'));
await new Promise((ready) => evil.listen(0, new URL(allowed).hostname, ready));

const program = await chromium.launch({
	executablePath: process.env.CHROMIUM, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
});

// One request of a page's script: [status, body, headers that were asked for], or the browser's refusal.
const ask = (page, method, path, { headers = {}, body, read = [], ...more } = {}) => page.evaluate(async ({ url, init, read }) => {
	try {
		const answer = await fetch(url, init);
		return [answer.status, await answer.text(), ...read.map((name) => answer.headers.get(name))];
	} catch (error) {
		return error.constructor.name;
	}
}, { url: `${server}${path}`, init: { method, headers, body, ...more }, read });

const agent = encodeURIComponent(JSON.stringify({ mbox: 'mailto:content@example.com' }));
const state = (name) => `/xapi/activities/state?activityId=http%3A%2F%2Fexample.com%2Fcontent&agent=${agent}&stateId=${name}`;
const head = { Authorization: basic('learner'), 'X-Experience-API-Version': '1.0.3' };
const plain = (more) => JSON.stringify({
	actor: { mbox: 'mailto:content@example.com' }, verb: { id: 'http://example.com/did' }, object: { id: 'http://example.com/content' }, ...more,
});

// ---- content that is launched from elsewhere ----
{
	const page = await program.newPage();
	await page.goto(allowed);
	const id = randomUUID();
	const json = { ...head, 'Content-Type': 'application/json' };
	same(await ask(page, 'PUT', `/xapi/statements?statementId=${id}`, { headers: json, body: plain() }), [204, ''], 'it sends a statement');
	const [found, text, version, through] = await ask(page, 'GET', `/xapi/statements?statementId=${id}`,
		{ headers: head, read: ['X-Experience-API-Version', 'X-Experience-API-Consistent-Through'] });
	ok(found === 200 && JSON.parse(text).id === id && version === '1.0.3' && through, 'and reads it, with its headers', { found, text, version, through });
	same((await ask(page, 'PUT', state('s'), { headers: { ...json, 'If-None-Match': '*' }, body: '{"a":1}' }))[0], 204, 'it keeps a state');
	const [, , tag, modified] = await ask(page, 'GET', state('s'), { headers: head, read: ['ETag', 'Last-Modified'] });
	ok(/^"[0-9a-f]{40}"$/.test(tag) && modified, 'reads its tag', { tag, modified });
	same((await ask(page, 'GET', state('s'), { headers: { ...head, 'If-None-Match': tag } }))[0], 304, 'asks whether it has changed');
	const [refused, why] = await ask(page, 'PUT', state('s'), { headers: { ...json, 'If-Match': '"x"' }, body: '{"a":2}' });
	ok(refused === 412 && why.includes('ETag'), 'is told why it may not change', { refused, why });
	same((await ask(page, 'PUT', state('s'), { headers: { ...json, 'If-Match': tag }, body: '{"a":2}' }))[0], 204, 'changes it');
	same((await ask(page, 'GET', state('s'), { headers: head }))[1], '{"a":2}', 'and reads what is there now, not what the browser remembers');
	same((await ask(page, 'POST', state('s'), { headers: json, body: '{"b":3}' }))[0], 204, 'merges');
	same((await ask(page, 'DELETE', state('s'), { headers: head }))[0], 204, 'takes it away');
	same((await ask(page, 'GET', state('s'), { headers: head }))[0], 404, 'and hears that it is gone');
	same((await ask(page, 'GET', '/xapi/about'))[0], 200, 'what is open is open to it');
	same((await ask(page, 'GET', '/xapi/agents?agent=x'))[0], 401, 'without a key it is nobody');
	same(await ask(page, 'GET', '/xapi/about', { credentials: 'include' }), 'TypeError', 'what the browser would add is not for it');
	for (const path of ['/', '/courses', '/export.json', '/ropes.css'])
		same(await ask(page, 'GET', path), 'TypeError', `${path} is not for it`);
	await page.close();
}

// ---- a page of anybody, in the browser of a lead who has typed the key ----
{
	const context = await program.newContext({ httpCredentials: { username: keys.lead[0], password: keys.lead[1], origin: server } });
	const page = await context.newPage();
	const there = `http://${new URL(allowed).hostname}:${evil.address().port}/`;
	await page.goto(`${server}/courses`);
	await page.goto(there);
	same(await ask(page, 'GET', '/xapi/about'), 'TypeError', 'it reads nothing');
	same(await ask(page, 'PUT', state('e'), { headers: head, body: 'x' }), 'TypeError', 'nor changes anything');
	const submit = async (path, fields) => {
		await page.goto(there);
		const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST' && r.status() !== 401), page.evaluate(({ action, fields }) => {
			const form = Object.assign(document.createElement('form'), { method: 'post', action });
			for (const [name, value] of Object.entries(fields))
				form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
			document.body.append(form);
			form.submit();
		}, { action: `${server}${path}`, fields })]);
		await page.waitForURL(`${server}${path}`); // the answer came before its page
		return answer.status();
	};
	const id = randomUUID(), version = { 'X-Experience-API-Version': '1.0.3' };
	same(await submit('/xapi/statements?method=POST', { ...version, 'Content-Type': 'application/json', content: plain({ id }) }), 403, 'a form in the name of the lead is refused');
	const looked = await fetch(`${server}/xapi/statements?statementId=${id}`, { headers: { Authorization: basic('lead'), ...version } });
	same(looked.status, 404, 'and nothing came of it');

	// what a learner keeps here is no page of this server
	const script = '<title>kept</title><script>document.title = "ran"; fetch("/manage").then(() => { document.title = "asked"; });</script>';
	const kept = await fetch(`${server}${state('html')}`, { method: 'PUT', headers: { ...head, 'Content-Type': 'text/html' }, body: script });
	same(kept.status, 204, 'a learner keeps a page');
	const place = Object.fromEntries(new URL(`${server}${state('html')}`).searchParams);
	same(await submit('/xapi/activities/state?method=GET', { ...head, ...place }), 200, 'which a form shows');
	await page.waitForTimeout(500);
	same([new URL(page.url()).origin, await page.title()], [server, 'kept'], 'but its script does not run');
	await context.close();
}

await program.close();
empty.close();
evil.close();
finish();
