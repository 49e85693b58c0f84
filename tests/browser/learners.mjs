// tests/browser/learners.mjs - what the tests of learners' terminals share: counting, waiting, joining, typing.
const PATIENCE = 120000;
let passed = 0, failed = 0;

export function is(right, what) {
	if (right) passed++;
	else {
		failed++;
		console.log(`FAILED: ${what}`);
	}
}

export const sleep = (ms) => new Promise((done) => { setTimeout(done, ms); });

export async function until(what, test) {
	for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(100))
		if (await test()) {
			passed++;
			return true;
		}
	failed++;
	console.log(`FAILED: not within ${PATIENCE / 1000} s: ${what}`);
	return false;
}

export function sum() {
	console.log(`${passed} passed, ${failed} failed`);
}

// What a terminal shows. Lines are as wide as the window.
export const shown = (visit) =>
	visit.page.evaluate(() => [...document.querySelectorAll('.xterm-rows > div')].map((row) => row.textContent.trimEnd()).join('\n'));
export const sees = async (visit, who, pattern) =>
	await until(`${who} sees ${pattern}`, async () => pattern.test(await shown(visit))) || console.log(await shown(visit));

// how: 'type', key by key, or 'insertText', as a paste.
export async function type(visit, line, how = 'type') {
	await visit.page.locator('.xterm-helper-textarea').focus();
	await visit.page.keyboard[how](line);
	await visit.page.keyboard.press('Enter');
}

export async function join(browser, code, name, options) {
	const visit = await browser.open(`/room?code=${code}`, options);
	await visit.page.getByLabel('Your name').fill(name);
	await visit.page.getByRole('button', { name: 'Open my terminal' }).click();
	await visit.page.waitForURL(/\/terminal#.+/);
	return visit;
}
