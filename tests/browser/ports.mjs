// tests/browser/ports.mjs - what learners' containers publish, in a real browser: each learner's own, and nothing of the server's.
//
//	node ports.mjs ADDRESS CODE FOLDER SERVICE [DOMAIN]
//
// FOLDER/keys has the keys of a lead, SERVICE is a port of this system's loopback that answers "secret of the system". With DOMAIN, ports
// have origins of their own below it.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { start } from './harness.mjs';
import { is, join, sees, sleep, sum, type, until } from './learners.mjs';

const [address, code, folder, service, domain] = process.argv.slice(2);
const keys = JSON.parse(readFileSync(`${folder}/keys`));
const browser = await start({ address, keys });

// ---- the learners' terminals ----
async function open(who) {
	const visit = await join(browser, code, who);
	visit.who = who;
	await sees(visit, who, new RegExp(`You are ${who}\\.[^]*1 ›`));
	return visit;
}
const links = (visit) => visit.page.evaluate(() => [...document.querySelectorAll('#ports:not([hidden]) a')].map((a) => `${a.textContent} ${a.href}`));

// ---- what their containers answer ----
const HOSTILE = `<!doctype html><title>hostile</title><body><script>
	const found = [];
	const attempt = async (name, what) => { try { found.push(name + ': ' + await what()); } catch (error) { found.push(name + ': refused'); } };
	(async () => {
		await attempt('cookie', () => document.cookie || 'none');
		await attempt('storage', () => localStorage.getItem('of-server') ?? 'none');
		await attempt('database', () => new Promise((done, fail) => { const r = indexedDB.open('x'); r.onsuccess = () => done('open'); r.onerror = fail; }));
		await attempt('people', async () => (await fetch('SERVER/people', { credentials: 'include' })).text());
		await attempt('terminal', async () => (await fetch('SERVER/terminal')).text());
		await attempt('form', async () => (await fetch('SERVER/manage', { method: 'POST', credentials: 'include', body: 'a=b' })).status);
		await attempt('worker', async () => (await navigator.serviceWorker.register('worker.js', { scope: './' })).scope);
		await attempt('window', async () => { const w = open('SERVER/terminal'); await new Promise((done) => setTimeout(done, 1500)); return w.document.title; });
		await attempt('opener', () => opener.document.title);
		await attempt('stream', () => new Promise((done, fail) => { const s = new WebSocket('SERVER/terminal/stream'.replace('http', 'ws')); s.onopen = () => done('open'); s.onerror = fail; }));
		await attempt('own', async () => (await (await fetch('cgi-bin/say', { method: 'POST', headers: { 'X-Own': 'yes' }, body: 'of the page' })).text()));
		document.title = 'done';
		document.body.textContent = found.join('\\n');
	})();
</script>`;
function site(who) {
	const place = `${folder}/site-${who}`;
	mkdirSync(`${place}/cgi-bin`, { recursive: true });
	writeFileSync(`${place}/index.html`, `<!doctype html><title>${who}</title><p>This is ${who}'s page.</p><a href="cgi-bin/say?a=b%2Fc">on</a>`);
	writeFileSync(`${place}/hostile.html`, HOSTILE.replaceAll('SERVER', address));
	writeFileSync(`${place}/worker.js`, '');
	const scripts = {
		say: 'printf "Content-Type: text/plain\\r\\n\\r\\n"; env | sort; echo "body $(cat | wc -c)"',
		go: 'printf "Status: 302 Found\\r\\nLocation: /cgi-bin/say?went\\r\\nSet-Cookie: own=1; Domain=localhost; Path=/\\r\\nClear-Site-Data: \\"*\\"\\r\\nStrict-Transport-Security: max-age=9\\r\\nContent-Type: text/plain\\r\\n\\r\\n"',
		events: 'printf "Content-Type: text/event-stream\\r\\n\\r\\n"; for i in 1 2 3 4 5 6 7 8 9; do printf "data: $i\\n\\n"; sleep 1; done',
		much: 'printf "Content-Type: application/octet-stream\\r\\n\\r\\n"; while echo "more and more and more and more and more and more"; do :; done',
	};
	for (const [name, text] of Object.entries(scripts)) {
		writeFileSync(`${place}/cgi-bin/${name}`, `#!/bin/sh\n${text}\n`);
		chmodSync(`${place}/cgi-bin/${name}`, 0o755);
	}
	return execFileSync('tar', ['-cz', '--owner=0', '--group=0', '--sort=name', '--mtime=@0', '-C', place, '.']).toString('base64');
}
async function publish(visit) {
	await type(visit, `mkdir -p site && echo ${site(visit.who)} | base64 -d | tar -xz -C site && chmod 755 site && echo unpacked-$((1 + 1))`, 'insertText');
	await sees(visit, visit.who, /^unpacked-2$/m);
	await type(visit, 'clear; docker run -d --name web -p 8080:80 -v $PWD/site:/usr/share/nginx/html nginx', 'insertText');
	await sees(visit, visit.who, /^[0-9a-f]{64}$/m);
	await until(`${visit.who}'s page has a link`, async () => (await links(visit)).length === 1);
	return (await links(visit))[0].split(' ')[1];
}

// A request as no browser would send it. The answer's beginning is enough: { status, headers, text }.
const ask = (url, { method = 'GET', headers = {}, body, pieces = Infinity } = {}) => new Promise((done) => {
	const { hostname, port } = new URL(url), path = url.slice(url.indexOf('/', 8));
	const request = http.request({ host: '127.0.0.1', port, path, method, headers: { Host: `${hostname}:${port}`, ...headers } }, (answer) => {
		let text = '', count = 0;
		const end = () => { done({ status: answer.statusCode, headers: answer.headers, text, count }); request.destroy(); };
		answer.on('data', (piece) => { text += text.length < 100000 ? piece : ''; count += piece.length; if (--pieces <= 0) end(); });
		answer.on('end', end);
		answer.on('error', end);
	});
	request.on('error', (error) => done({ status: 0, text: String(error), headers: {} }));
	request.end(body);
});

// ---- two learners, one port ----
const ann = await open('Ann'), ben = await open('Ben');
is((await links(ann)).length === 0, 'nothing is published at first');
const ofAnn = await publish(ann), ofBen = await publish(ben);
const own = domain === undefined ? new RegExp(`^${address}/port/[0-9a-f]{32}/8080/$`) : new RegExp(`^http://[0-9a-f]{32}-8080[.]${domain}:[0-9]+/$`);
is(own.test(ofAnn) && own.test(ofBen) && ofAnn !== ofBen, `each has an address of their own: ${ofAnn} ${ofBen}`);
is((await ask(ofAnn)).text.includes("This is Ann's page."), 'Ann sees her page');
is((await ask(ofBen)).text.includes("This is Ben's page."), 'Ben sees his, though both wrote 8080');
await type(ann, 'clear', 'insertText');
await type(ann, ':open', 'insertText');
await sees(ann, 'Ann', new RegExp(ofAnn.replace(/[.?]/g, '[.]')));

// ---- addresses that lead nowhere ----
const at = (key, port) => `${address}/port/${key}/${port}/`;
const key = /[0-9a-f]{32}/.exec(ofAnn)[0], token = new URL(ann.page.url()).hash.slice(1);
is((await ask(at(key, 8080))).text.includes("This is Ann's page."), 'the path works in any case');
is((await ask(at(key.replace(/^./, (c) => (c === '0' ? '1' : '0')), 8080))).status === 404, 'a wrong key answers 404');
for (const port of [service, new URL(address).port, 80, 2375, 8081, 0, 65536, '08080', 'x'])
	is((await ask(at(key, port))).status === 404, `port ${port}, which is not published, answers 404`);
for (const path of [`/port/${token}/8080/`, `/port/${key}`, `/port/${key}/8080x/`, `/port/${key.toUpperCase()}/8080/`, `/port//8080/`, '/port/', `/port/../port/${key}/8081/`])
	is((await ask(address + path)).status === 404, `${path} answers 404`);
const slash = await ask(`${address}/port/${key}/8080?a=b`);
is(slash.status === 308 && slash.headers.location === `/port/${key}/8080/?a=b`, 'without its slash an address is completed');
is(await ann.page.evaluate((wrong) => new Promise((done) => {
	const socket = new WebSocket(new URL('/terminal/stream', location.href.replace('http', 'ws')));
	socket.onopen = () => socket.send(JSON.stringify({ token: wrong }));
	socket.onclose = ({ code: why }) => done(why);
}), key) === 4404, 'the key opens no terminal');

// ---- requests and answers ----
const said = await ask(`${ofAnn}cgi-bin/say?a=b%2Fc&d`, { method: 'POST', body: 'x'.repeat(300000), headers: { Cookie: 'of=server', Authorization: 'Basic eDp5', 'X-Forwarded-For': '9.9.9.9', 'X-Mine': 'yes' } });
is(said.status === 200 && /^REQUEST_METHOD=POST$/m.test(said.text) && /^QUERY_STRING=a=b%2Fc&d$/m.test(said.text), `method and query arrive: ${said.text}`);
is(/^body 300000$/m.test(said.text), `the body arrives: ${said.text}`);
is(/^HTTP_HOST=localhost:8080$/m.test(said.text) && /^HTTP_X_MINE=yes$/m.test(said.text), 'other headers arrive, and the host is the learner\'s own');
is(!/FORWARDED/.test(said.text), 'the proxy\'s headers stay outside');
if (domain === undefined) {
	is(!/of=server|eDp5/.test(said.text), 'the browser\'s cookies and keys stay outside');
	is(said.headers['content-security-policy'] === 'sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads', 'the policy takes the origin away');
}
is(said.headers['referrer-policy'] === 'no-referrer', 'no other site learns the address');
const go = await ask(`${ofAnn}cgi-bin/go`);
is(go.status === 302 && go.headers.location === (domain === undefined ? `/port/${key}/8080/cgi-bin/say?went` : '/cgi-bin/say?went'), `a redirect stays below the address: ${go.headers.location}`);
is((go.headers['set-cookie'] ?? []).join() === (domain === undefined ? '' : 'own=1; Path=/'), `a cookie is dropped, or stays with its origin: ${go.headers['set-cookie']}`);
is(go.headers['strict-transport-security'] === undefined && (domain !== undefined || go.headers['clear-site-data'] === undefined), 'what counts for the whole server is dropped');
is((await ask(`${ofAnn}nothing-there`)).status === 404, 'a status arrives');
const events = await ask(`${ofAnn}cgi-bin/events`, { pieces: 2 });
is(/data: 1/.test(events.text) && !/data: 9/.test(events.text), 'events arrive as they are sent');

// ---- a page that never ends, and that nobody reads ----
const endless = [];
const pour = () => endless.push(http.get(`${at(key, 8080)}cgi-bin/much`, (answer) => { answer.on('error', () => {}); answer.pause(); }).on('error', () => {}));
for (let i = 0; i < 30; i++)
	pour();
await sleep(2000);
is((await ask(ofBen)).text.includes("This is Ben's page.") && (await ask(`${address}/health`)).status === 200, 'the others do not wait for it');
await until('there are so many of a learner, and no more', async () => { pour(); return (await ask(ofAnn)).status === 503; });
endless.forEach((request) => request.destroy());
await until('what nobody reads ends', async () => (await ask(ofAnn)).status === 200);

// ---- a hostile page ----
const victim = await browser.open('/people', { role: 'lead' });
is(victim.status === 200, 'the lead is signed in');
await victim.page.evaluate(() => { localStorage.setItem('of-server', 'SECRET'); document.cookie = 'plain=SECRET'; });
const hostile = await victim.context.newPage();
await victim.context.unrouteAll();
await hostile.goto(`${ofAnn}hostile.html`);
await until('the hostile page has tried everything', async () => await hostile.title() === 'done');
const tried = await hostile.evaluate(() => document.body.textContent);
is(!/SECRET|<html|Terminal|: open$/m.test(domain === undefined ? tried : tried.replace('database: open', '')), `it finds nothing of the server:\n${tried}`);
for (const name of domain === undefined ? ['cookie', 'storage', 'database', 'people', 'terminal', 'form', 'worker', 'window', 'opener', 'stream'] : ['people', 'terminal', 'form', 'window', 'opener', 'stream'])
	is(new RegExp(`^${name}: refused$`, 'm').test(tried), `${name} is refused:\n${tried}`);
is(/^own: [^]*^HTTP_X_OWN=yes$[^]*^REQUEST_METHOD=POST$[^]*^body 11$/m.test(tried), `its own server answers it:\n${tried}`);

// ---- nothing listens; nothing is published any more ----
await type(ann, 'docker rm -f web && docker run -d --name deaf -p 8080:81 nginx; echo deaf-$((1 + 1))', 'insertText');
await sees(ann, 'Ann', /^deaf-2$/m);
await until('a port at which nothing listens answers 502', async () => (await ask(ofAnn)).status === 502);
is(/nothing answers/.test((await ask(ofAnn)).text), 'and what to look at');
await until('the page has the link', async () => (await links(ann)).length === 1);
await type(ann, 'docker rm -f deaf', 'insertText');
await until('the link goes away', async () => (await links(ann)).length === 0);
is((await ask(ofAnn)).status === 404, 'and leads nowhere');
is((await ask(ofBen)).status === 200, 'the other one\'s stays');
for (const visit of [ann, ben]) {
	for (const width of [390, 1280]) {
		await visit.page.setViewportSize({ width, height: 844 });
		await visit.checkAccess();
		await visit.checkWidth();
	}
	await visit.shot(`ports-${visit.who}`);
	is(visit.faults.length === 0, `${visit.who}: ${visit.faults.join('\n')}`);
}

await browser.close();
sum();
