// tests/browser/lead.mjs ADDRESS KEYS.json - a lead looks for who is late, what nobody understands, and takes it away as a table.
// Says what was seen as JSON; it is read by links and headings, as a person would.
import { readFileSync } from 'node:fs';
import { start } from './harness.mjs';

const [address, keyFile] = process.argv.slice(2);
const browser = await start({ address, keys: JSON.parse(readFileSync(keyFile)) });
const seen = { faults: [] };
const visit = await browser.open('/', { role: 'lead', width: 1280 });
const page = visit.page;

// The rows below a heading, as texts of the named columns.
async function rows(heading, ...columns) {
	const section = page.locator('section', { has: page.getByRole('heading', { name: heading, exact: true }) });
	if (await section.getByRole('table').count() === 0) return [];
	const titles = await section.getByRole('columnheader').allInnerTexts();
	const all = [];
	for (const row of await section.locator('tbody tr').all()) {
		const cells = await row.locator('th, td').allInnerTexts();
		all.push(columns.map((one) => cells[titles.indexOf(one)]));
	}
	return all;
}

seen.late = await rows('Overdue', 'person', 'course');
seen.hardest = (await rows('Hardest questions', 'question'))[0]?.[0];
await visit.check();
await page.getByRole('link', { name: 'Red', exact: true }).click();
seen.teamLate = (await rows('Overdue', 'person')).flat().sort();
await visit.check();
const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'csv' }).click()]);
seen.table = readFileSync(await download.path(), 'utf8');
if (seen.teamLate.length > 0) {
	await page.getByRole('link', { name: seen.teamLate[0], exact: true }).first().click();
	seen.person = await page.getByRole('heading', { level: 1 }).innerText();
	await visit.check();
}
await page.goBack();
await page.getByRole('link', { name: 'Tides', exact: true }).first().click();
await visit.check();
seen.faults = visit.faults;
await browser.close();
console.log(JSON.stringify(seen));
