// tests/browser/pictures.mjs - compares what a page looks like with a kept picture of it. A picture has a pixel for each 16 x 16 of
// the page (32 x 32, if it is very wide, or printed), and a pixel may be found beside its place, so that another font or a text of another day is no difference, and a lost
// style, column, bar or colour is one.
//
//	const pictures = new Pictures(browser, folder);       // a browser of playwright
//	await pictures.compare(page, 'lead-team-light-1280'); // what differs, in words; undefined: nothing
//
// UPDATE_PICTURES=1 writes the pictures instead, UPDATE_PICTURES=PATTERN those with such names. Look at them before you keep them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

// Pixels of the page for one of the picture.
const blockOf = (name) => (/-1920|-print-/.test(name) ? 32 : 16);
const ROWS = 100; // the picture's, at most
const APART = 40; // of 255: how much a colour differs
const SHARE = 0.05; // of the picture: how much of it may differ
const HIDDEN = 'svg, code'; // codes of the hour, and charts of the week
const HEIGHT = 0.12; // of the page: how much longer or shorter it may be

// Runs in a page: a picture, reduced to the means of its blocks. Returns them as bytes and as PNG.
async function reduce({ png, block, rows }) {
	const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
	const width = Math.floor(image.width / block), height = Math.min(Math.floor(image.height / block), rows);
	const canvas = new OffscreenCanvas(image.width, height * block), context = canvas.getContext('2d');
	context.drawImage(image, 0, 0);
	const all = context.getImageData(0, 0, image.width, height * block).data;
	const small = new OffscreenCanvas(width, height), drawn = small.getContext('2d'), pixels = drawn.createImageData(width, height);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			for (let channel = 0; channel < 4; channel++) {
				let sum = 0;
				for (let row = 0; row < block; row++)
					for (let column = 0; column < block; column++)
						sum += all[((y * block + row) * image.width + x * block + column) * 4 + channel];
				pixels.data[(y * width + x) * 4 + channel] = Math.round(sum / block / block);
			}
	drawn.putImageData(pixels, 0, 0);
	const bytes = new Uint8Array(await (await small.convertToBlob()).arrayBuffer());
	return { width, height, pixels: [...pixels.data], png: btoa(String.fromCharCode(...bytes)) };
}

// Whether the kept picture has about the same colour there, or beside it.
function isLike(now, kept, x, y) {
	for (let row = Math.max(0, y - 1); row <= Math.min(kept.height - 1, y + 1); row++)
		for (let column = Math.max(0, x - 1); column <= Math.min(kept.width - 1, x + 1); column++)
			if ([0, 1, 2].every((channel) => Math.abs(now.pixels[(y * now.width + x) * 4 + channel] -
				kept.pixels[(row * kept.width + column) * 4 + channel]) <= APART)) return true;
	return false;
}

// Runs in the page. A style sheet also holds for what a page that follows the room exchanges meanwhile.
function hide(what) {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(what === '' ? '' : `${what} { visibility: hidden !important; }`);
	document.adoptedStyleSheets = [sheet];
}

function isWritten(name) {
	const names = process.env.UPDATE_PICTURES;
	return Boolean(names) && (names === '1' || new RegExp(names).test(name));
}

// The first lines of a page.
export async function topOf(page, lines) {
	const { width, height } = await page.evaluate(() => ({ width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight }));
	return { x: 0, y: 0, width, height: Math.min(height, lines) };
}

export class Pictures {
	constructor(program, folder) { Object.assign(this, { program, folder }); }

	async reduce(png, block) {
		this.page ??= await (await this.program.newContext()).newPage();
		return this.page.evaluate(reduce, { png: png.toString('base64'), block, rows: ROWS });
	}

	// A page that is about to change may be met between two states: what differs does so three times.
	async compare(page, name) {
		for (let turn = 1; ; turn++) {
			const said = await this.compareOnce(page, name);
			if (said === undefined || turn === 3) return said;
			await page.waitForTimeout(1000);
		}
	}

	async compareOnce(page, name) {
		const path = `${this.folder}/${name}.png`, block = blockOf(name);
		// A busy machine's server may answer late: the page says so, and looks so.
		await page.waitForSelector('body:not(.lost)', { state: 'attached' });
		await page.evaluate(hide, HIDDEN);
		const now = await this.reduce(await page.screenshot({ fullPage: true, caret: 'hide', clip: await topOf(page, ROWS * block) }), block);
		await page.evaluate(hide, '');
		if (isWritten(name)) {
			mkdirSync(this.folder, { recursive: true });
			writeFileSync(path, Buffer.from(now.png, 'base64'));
			return undefined;
		}
		if (!existsSync(path)) return `no picture ${path}: look at the page, and write it with UPDATE_PICTURES=1`;
		const kept = await this.reduce(readFileSync(path), 1);
		if (now.width !== kept.width) return `it looks ${now.width * block} pixels wide, ${kept.width * block} before`;
		if (Math.abs(now.height - kept.height) > Math.max(2, kept.height * HEIGHT))
			return `it is ${now.height * block} pixels long, ${kept.height * block} before`;
		let differ = 0;
		const height = Math.min(now.height, kept.height);
		for (let y = 0; y < height; y++)
			for (let x = 0; x < now.width; x++)
				if (!isLike(now, kept, x, y)) differ++;
		const share = differ / (now.width * height);
		if (process.env.SHOTS) console.log(`picture ${name}: ${(share * 100).toFixed(1)} %`);
		return share > SHARE ? `${(share * 100).toFixed(1)} % of it looks different from ${path}` : undefined;
	}
}
