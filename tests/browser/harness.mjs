// tests/browser/harness.mjs - pages in a real browser: what a person sees, reaches with the keyboard, and is told about nowhere else.
// Starts no server; is given an address and keys. $NODE_FOLDER has playwright-core and axe-core (node_packages of library.sh).
//
//	const browser = await start({ address, keys: { lead: ['key', 'secret'] } });
//	const visit = await browser.open('/', { role: 'lead', scheme: 'dark', width: 390 });
//	await visit.check();                    // everything below
//	visit.faults                            // ['…']: what is wrong with it, in words
//	await visit.close();
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { Pictures, topOf } from './pictures.mjs';

const require = createRequire(`${process.env.NODE_FOLDER}/`);
const { chromium } = require('playwright-core');
const axe = require('axe-core');

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const HEIGHT = 844;
const TALL = 12000; // a picture of a browser has no more lines
const PATIENCE = 60000;

// What the keyboard must reach, of what is seen. Of radio buttons that belong together it reaches one.
const REACHABLE = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable]';

class Visit {
	faults = [];
	constructor(context, page, answer, name, pictures) {
		Object.assign(this, { context, page, name, pictures, status: answer?.status() ?? 0, headers: answer?.headers() ?? {} });
	}

	// The same page in another dress, without loading it again.
	async dress({ scheme, width, media = 'screen' }) {
		await this.page.emulateMedia({ colorScheme: scheme, media, reducedMotion: 'reduce' });
		await this.page.setViewportSize({ width, height: HEIGHT });
		this.name = this.name.replace(/-(light|dark|print)-\d+/, `-${media === 'print' ? media : scheme}-${width}`);
	}

	text() { return this.page.evaluate(() => document.body.innerText); }
	fault(what) { this.faults.push(what); }

	async check() {
		await this.checkAccess();
		await this.checkWidth();
		await this.checkKeyboard();
		await this.shot();
	}

	// Contrast, names, order of headings, landmarks, tables, …
	async checkAccess() {
		await this.page.evaluate(axe.source);
		const found = await this.page.evaluate((rules) => globalThis.axe.run(document, { runOnly: rules, resultTypes: ['violations'] }), RULES);
		for (const one of found.violations)
			for (const node of one.nodes)
				this.fault(`axe ${one.id}: ${one.help}: ${node.html.slice(0, 120)} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ''}`);
	}

	// The page itself never scrolls sideways; a wide table may, within the page.
	async checkWidth() {
		const over = await this.page.evaluate(() => {
			const root = document.documentElement;
			return Math.max(root.scrollWidth, document.body.scrollWidth) - root.clientWidth;
		});
		if (over > 0) this.fault(`it is ${over} pixels too wide for ${this.page.viewportSize().width}`);
	}

	// A page that follows the room may exchange its parts meanwhile: then it is walked through again.
	async checkKeyboard() {
		for (let turn = 0; turn < 5; turn++) {
			const faults = await this.walkByTab();
			if (!(await this.page.evaluate(isExchanged)) || turn === 4) return faults.forEach((one) => this.fault(one));
		}
	}

	async walkByTab() {
		const faults = [];
		const all = await this.page.evaluate(markReachable, REACHABLE);
		const reached = new Map();
		let last;
		let rounds = 0; // the first one need not begin at the top
		for (let turn = 0; turn < all.length * 4 + 20; turn++) {
			await this.page.keyboard.press('Tab');
			const at = await this.page.evaluate(whereFocusIs);
			if (at === null && ++rounds === 2) break;
			if (at === null) continue;
			if (at.number === undefined || at.number === last) continue; // a field for a day has several parts
			if (reached.has(at.number) && rounds > 0) break;
			reached.set(last = at.number, at.visible);
		}
		// What has the focus, such as the link over the bar, must not hide anything from the next check.
		await this.page.evaluate(() => document.activeElement?.blur());
		const groups = new Set(all.filter((one) => reached.has(one.number) && one.group).map((one) => one.group));
		for (const one of all) {
			if (!reached.has(one.number) && !groups.has(one.group)) faults.push(`Tab does not reach: ${one.html}`);
			else if (reached.get(one.number) === false) faults.push(`focus is not seen on: ${one.html}`);
		}
		return faults;
	}

	// $PICTURES: the folder of pictures that pages are compared with.
	async checkPicture() {
		await this.page.evaluate(() => document.activeElement?.blur());
		const difference = await this.pictures?.compare(this.page, this.name);
		if (difference !== undefined) this.fault(difference);
	}

	// $SHOTS: a folder for pictures of what was seen.
	async shot(name = this.name) {
		if (!process.env.SHOTS) return;
		mkdirSync(process.env.SHOTS, { recursive: true });
		await this.page.evaluate(() => document.activeElement?.blur());
		await this.page.screenshot({ path: `${process.env.SHOTS}/${name}.png`, fullPage: true, clip: await topOf(this.page, TALL) });
	}

	async close() { await this.context.close(); }
}

// ---- these three run in the page ----

function markReachable(selector) {
	const look = (e) => { const s = getComputedStyle(e); return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.borderColor, s.backgroundColor].join(); };
	globalThis.ropesLook = look;
	globalThis.ropesUnfocused = new Map();
	document.activeElement?.blur();
	const all = [...document.querySelectorAll(selector)].filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }) &&
		(e.getAttribute('tabindex') === null || e.tabIndex >= 0 || /^(A|BUTTON|INPUT|SELECT|TEXTAREA)$/.test(e.tagName)));
	return all.map((e, number) => {
		globalThis.ropesUnfocused.set(e, { number, look: look(e) });
		return { number, html: e.outerHTML.slice(0, 120), group: e.type === 'radio' ? `${e.form?.id ?? ''}/${e.name}` : undefined };
	});
}

function isExchanged() {
	return [...globalThis.ropesUnfocused.keys()].some((e) => !e.isConnected);
}

function whereFocusIs() {
	const e = document.activeElement;
	if (e === null || e === document.body || e === document.documentElement) return null;
	const known = globalThis.ropesUnfocused.get(e);
	if (known === undefined) return {}; // a part that scrolls
	const box = e.getBoundingClientRect();
	return { number: known.number, visible: globalThis.ropesLook(e) !== known.look && box.width > 1 && box.height > 1 };
}

// ---- the browser ----

class Browser {
	signedIn = new Map();
	constructor(program, address, keys) {
		const pictures = process.env.PICTURES ? new Pictures(program, process.env.PICTURES) : undefined;
		Object.assign(this, { program, address, keys, pictures });
	}

	// What a browser keeps of a person who signed in, once for each role.
	async signIn(role) {
		if (this.keys[role] === undefined || this.signedIn.has(role)) return this.signedIn.get(role);
		const [key, secret] = this.keys[role];
		const context = await this.program.newContext(), page = await context.newPage();
		page.setDefaultTimeout(PATIENCE);
		await page.goto(new URL('/signin', this.address).href);
		await page.getByLabel('Key').fill(key);
		await page.getByLabel('Secret').fill(secret);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.waitForURL((url) => url.pathname !== '/signin');
		this.signedIn.set(role, await context.storageState());
		await context.close();
		return this.signedIn.get(role);
	}

	// The page as it is after it was loaded. A role of the keys, or none.
	async open(path, { role, scheme = 'light', width = 1280, javaScript = true } = {}) {
		const context = await this.program.newContext({
			viewport: { width, height: HEIGHT }, colorScheme: scheme, reducedMotion: 'reduce', storageState: await this.signIn(role),
		});
		const own = new URL(this.address).host, faults = [];
		await context.route((url) => /^https?:$/.test(url.protocol) && url.host !== own, (route) => {
			faults.push(`it asks another host: ${route.request().url()}`);
			return route.abort();
		});
		// The browser's own switch would leave nothing to look at the page with: the page's scripts come empty instead.
		if (!javaScript) await context.route(/[.]js$/, (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
		const page = await context.newPage();
		page.setDefaultTimeout(PATIENCE);
		page.on('pageerror', (error) => faults.push(`a script ended: ${error.message}`));
		page.on('console', (said) => {
			const refused = /status of 40[13]/.test(said.text()) && said.location().url === page.url();
			if (said.type() === 'error' && !refused) faults.push(`the console says: ${said.text()}`);
		});
		const answer = await page.goto(new URL(path, this.address).href, { waitUntil: 'load', timeout: PATIENCE });
		const name = [role ?? 'nobody', path.replace(/[?&](token|code)=[^&]*/g, '').replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'team',
			scheme, width, ...(javaScript ? [] : ['no-script'])].join('-').slice(0, 120);
		const visit = new Visit(context, page, answer, name, this.pictures);
		visit.faults = faults;
		return visit;
	}

	async close() { await this.program.close(); }
}

export async function start({ address, keys }) {
	return new Browser(await chromium.launch({ executablePath: PROGRAM, args: FLAGS, headless: true }), address, keys);
}
