// tests/browser/pages.mjs ADDRESS KEYS.json <TABLE - pages in every dress: light and dark, wide and narrow, printed, with script and without.
// A line of the table: path, role, status, and an extended regular expression that is seen on it, between tabs.
// LOOK=pictures: only what they look like, for pages whose parts are looked at elsewhere.
// Ends with "N passed, M failed".
import { readFileSync } from 'node:fs';
import { start } from './harness.mjs';

// same: the page is as it was before, but for its style. PAPER: an A4 sheet between its margins, in pixels.
const PAPER = 688;
const DRESSES = [
	{ scheme: 'light', width: 1280, keyboard: true, picture: true }, { scheme: 'dark', width: 1280, picture: true },
	{ scheme: 'light', width: 390, keyboard: true, picture: true }, { scheme: 'dark', width: 390 },
	{ scheme: 'light', width: 1920, picture: true, same: true }, { scheme: 'light', width: PAPER, media: 'print', picture: true, same: true },
];
const ONLY_PICTURES = process.env.LOOK === 'pictures';
let passed = 0, failed = 0;

function ok(faults, what) {
	if (faults.length === 0) { passed++; return; }
	failed++;
	console.log(`FAILED: ${what}\n${[...new Set(faults)].slice(0, 20).map((one) => `    ${one}`).join('\n')}`);
}

async function visit(browser, path, role, seen, javaScript) {
	const page = await browser.open(path, { role: role === '-' ? undefined : role, ...DRESSES[0], javaScript });
	try {
		if (page.status !== 200) page.fault(`status ${page.status}`);
		const text = await page.text();
		if (!new RegExp(seen, 'm').test(text)) page.fault(`not seen: ${seen}; but: ${text.slice(0, 300).replace(/\s+/g, ' ')}`);
		for (const dress of javaScript ? DRESSES : []) {
			if (ONLY_PICTURES && (!dress.picture || dress.scheme === 'dark')) continue;
			await page.dress(dress);
			if (!dress.same && !ONLY_PICTURES) await page.checkAccess();
			await page.checkWidth();
			if (dress.keyboard && !ONLY_PICTURES) await page.checkKeyboard();
			if (dress.picture) await page.checkPicture();
			await page.shot();
			ok(page.faults.splice(0), `${path} as ${role}, ${dress.media ?? dress.scheme} ${dress.width}`);
		}
		if (!javaScript) ok(page.faults, `${path} as ${role}, without script`);
	} finally {
		await page.close();
	}
}

// What is refused is refused to whoever asks: no browser is needed, and one would ask for a key in a window of its own.
async function refused(path, role, status, seen) {
	const head = role === '-' ? {} : { Authorization: `Basic ${Buffer.from(keys[role].join(':')).toString('base64')}` };
	const answer = await fetch(new URL(path, address), { headers: head, redirect: 'manual' });
	const text = await answer.text(), faults = [];
	if (answer.status !== Number(status)) faults.push(`status ${answer.status}, not ${status}`);
	if (!new RegExp(seen, 'm').test(text)) faults.push(`not seen: ${seen}; but: ${text.slice(0, 300)}`);
	ok(faults, `${path} as ${role}`);
}

const [address, keyFile] = process.argv.slice(2);
const keys = JSON.parse(readFileSync(keyFile));
const browser = await start({ address, keys });
for (const line of readFileSync(0, 'utf8').split('\n').filter((one) => one.trim() !== '')) {
	const [path, role, status, seen = ''] = line.split('\t');
	try {
		if (Number(status) !== 200) await refused(path, role, status, seen);
		else for (const javaScript of ONLY_PICTURES ? [true] : [true, false]) await visit(browser, path, role, seen, javaScript);
	} catch (error) {
		ok([String(error)], `${path} as ${role}`);
	}
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
