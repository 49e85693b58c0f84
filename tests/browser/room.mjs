// tests/browser/room.mjs - a whole room in real browsers: each learner does the first lessons, types, pastes, resizes, loads the page
// again and loses the network; the server is killed twice. Nothing is lost, and nothing is mixed up.
//
//	node room.mjs ADDRESS CODE BOARD FOLDER LEARNERS LESSONS
//
// LESSONS: how many. The caller kills the server when FOLDER/kill-1 appears, starts it again, then makes FOLDER/back-1; likewise 2.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { start } from './harness.mjs';
import { is, join, shown, sleep, sum, type, until } from './learners.mjs';

const [address, code, board, folder] = process.argv.slice(2);
const LEARNERS = Number(process.argv[6]), LESSONS = Number(process.argv[7]);
const TURNS = 400; // keys that a learner presses at most
const CALM = 400; // milliseconds without a change: the tutor waits

const browser = await start({ address, keys: {} });
const status = (visit) => visit.page.evaluate(() => document.getElementById('status').textContent);
const solutions = [...readFileSync(`${folder}/course.md`, 'utf8').matchAll(/^solution: (.*)$/gm)].map((found) => found[1]);

// What the tutor waits for, by the last line that says so.
const WAITS = [
	[/one letter ›|letters .*›/, 'letter'],
	[/true or false ›|yes or no ›/, 'true'],
	[/a number ›|number.*›/, 'number'],
	[/pairs .*›/, 'pairs'],
	[/›\s*$/, 'prompt'],
];

// The screen once it has not changed for a moment.
async function calm(visit) {
	let before = '', since = Date.now();
	for (const end = Date.now() + 120000; Date.now() < end; await sleep(100)) {
		const now = await shown(visit);
		if (now !== before) [before, since] = [now, Date.now()];
		else if (Date.now() - since > CALM && /›\s*$/.test(now.trimEnd())) return now;
	}
	return before;
}

const lastLine = (screen) => screen.trimEnd().split('\n').pop();
const lessonOf = (screen) => Number(/^1\.(\d+) ›/.exec(lastLine(screen))?.[1] ?? 0);
const hintOf = (screen) => screen.split('\n').filter((line) => /Enter:|Your turn:|End of/.test(line)).pop() ?? '';

class Learner {
	task = 0;
	typed = [];
	constructor(name, visit) { Object.assign(this, { name, visit }); }

	async line(text, how) {
		await type(this.visit, text, how);
		return calm(this.visit);
	}

	// One press of Enter, one answer or one command: what the tutor waits for.
	async turn(screen) {
		const last = lastLine(screen), hint = hintOf(screen);
		const wait = WAITS.find(([pattern]) => pattern.test(last))?.[1];
		if (wait === 'letter') return this.line('a');
		if (wait === 'true') return this.line('t');
		if (wait === 'number') return this.line('1');
		if (wait === 'pairs') return this.line('a1');
		if (/Your turn:/.test(hint) && this.task < solutions.length) return this.line(solutions[this.task++], this.task % 2 ? 'insertText' : 'type');
		return this.line('');
	}

	// A word of this learner's own, which nobody else may see.
	async sign(word) {
		const before = lastLine(await calm(this.visit));
		await this.line(`echo ${this.name}-${word}-$((40 + 2))`);
		this.typed.push(`${this.name}-${word}-42`);
		is((await shown(this.visit)).includes(`${this.name}-${word}-42`), `${this.name} sees what was typed (${word}); the prompt was ${before}`);
	}

	// Everything up to the lesson after number `last`.
	async learn(last) {
		let screen = await calm(this.visit);
		for (let turn = 0; turn < TURNS && lessonOf(screen) < last; turn++) screen = await this.turn(screen);
		is(lessonOf(screen) >= last, `${this.name} reaches lesson 1.${last}: ${lastLine(screen)}\n${lessonOf(screen) >= last ? '' : screen}`);
	}
}

async function paste(learner) {
	await learner.visit.page.evaluate((name) => {
		const data = new DataTransfer();
		data.setData('text/plain', `for i in 1 2; do\n  echo "${name}-pasted-$i ü"\ndone\n`);
		document.querySelector('.xterm-helper-textarea').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
	}, learner.name);
	await learner.visit.page.keyboard.press('Enter');
	const screen = await calm(learner.visit);
	is(screen.includes(`${learner.name}-pasted-2 ü`), `${learner.name} pastes: ${lastLine(screen)}`);
}

async function resize(learner, number) {
	await learner.visit.page.setViewportSize({ width: 700 + number % 5 * 120, height: 700 });
	await calm(learner.visit);
	await learner.sign('resized');
	await learner.visit.page.setViewportSize({ width: 1280, height: 844 });
}

async function reload(learner) {
	await learner.visit.page.reload();
	await until(`${learner.name} is back after loading the page again`, async () => (await shown(learner.visit)).includes(`${learner.name}-resized-42`));
}

async function loseNetwork(learner) {
	const cdp = await learner.visit.context.newCDPSession(learner.visit.page);
	const set = (offline) => cdp.send('Network.emulateNetworkConditions', { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
	await cdp.send('Network.enable');
	await set(true);
	await type(learner.visit, `echo ${learner.name}-offline-$((40 + 2))`);
	await sleep(3000);
	is(!(await shown(learner.visit)).includes(`${learner.name}-offline-42`), `${learner.name}: without a network nothing comes`);
	await set(false);
	await until(`${learner.name} is connected again`, async () => !/does not answer/.test(await status(learner.visit)));
	await learner.sign('online');
}

async function restart(number, everyone) {
	writeFileSync(`${folder}/kill-${number}`, '');
	await until(`the server is back (${number})`, () => existsSync(`${folder}/back-${number}`));
	await Promise.all(everyone.map((one) => until(`${one.name} is back (${number})`, async () => /back as/.test(await shown(one.visit)))));
}

// ---- the room fills ----
const names = Array.from({ length: LEARNERS }, (_, i) => `Learner${String.fromCharCode(65 + i)}`);
const everyone = [];
for (const name of names) { // one after the other, as people come
	const one = new Learner(name, await join(browser, code, name, {}));
	await until(`${name} has a terminal`, async () => new RegExp(`You are ${name}`).test(await shown(one.visit)));
	await calm(one.visit);
	await one.line(`docker create --name of-${name} alpine`);
	everyone.push(one);
}

// ---- lessons, and what happens meanwhile ----
await Promise.all(everyone.map(async (one, i) => {
	await one.learn(1);
	await one.sign('first');
	await paste(one);
	await resize(one, i);
	await reload(one);
}));
await restart(1, everyone);
await Promise.all(everyone.map(async (one) => {
	await one.learn(2);
	await loseNetwork(one);
	await one.sign('second');
}));
await restart(2, everyone);
await Promise.all(everyone.map(async (one) => {
	await one.learn(LESSONS);
	await one.sign('third');
}));

// ---- nothing is lost or mixed up ----
for (const one of everyone) {
	const mine = await one.line('docker ps -a --format "<{{.Names}}>"; echo listed-$((1 + 1))');
	const of = [...mine.matchAll(/<of-(\w+)>/g)].map((found) => found[1]);
	is(of.every((name) => name === one.name), `${one.name} sees no container of others: ${of}`);
	const others = everyone.filter((other) => other !== one && mine.includes(`${other.name}-`));
	is(others.length === 0, `${one.name} sees nothing that others typed: ${others.map((other) => other.name)}`);
	is(!/does not answer|has ended/.test(await status(one.visit)), `${one.name} still has a terminal: ${await status(one.visit)}`);
}
const seen = await browser.open(board), text = await seen.text();
for (const one of everyone) is(text.includes(one.name), `the board shows ${one.name}`);
writeFileSync(`${folder}/typed.json`, JSON.stringify(Object.fromEntries(everyone.map((one) => [one.name, one.typed]))));
for (const one of everyone)
	is(one.visit.faults.filter((fault) => !/WebSocket|Failed to (load|fetch)|ERR_(INTERNET_DISCONNECTED|CONNECTION)/.test(fault)).length === 0,
		`${one.name} has no faults: ${one.visit.faults.join('\n')}`);

await browser.close();
sum();
