// tests/browser/terminals.mjs - a workshop's learners in real browsers: each has a terminal and a practice machine of their own.
//
//	node terminals.mjs ADDRESS CODE BOARD FOLDER
//
// The caller ends the server when the file FOLDER/restart appears, starts it when FOLDER/away does, and then makes FOLDER/restarted.
import { existsSync, writeFileSync } from 'node:fs';
import { start } from './harness.mjs';
import { is, join, sees, shown, sum, type, until } from './learners.mjs';

const [address, code, board, folder] = process.argv.slice(2);

const browser = await start({ address, keys: {} });

const status = (visit) => visit.page.evaluate(() => document.getElementById('status').textContent);

// ---- two learners ----
const ann = await join(browser, code, 'Ann <b>', {}), ben = await join(browser, code, '小明', { scheme: 'dark' });
await sees(ann, 'Ann', /✔ You are Ann <b>\.[^]*1 ›/);
await sees(ben, 'Ben', /✔ You are 小明\.[^]*1 ›/);
await type(ann, 'docker run -d --name of-ann alpine sleep 1000');
await sees(ann, 'Ann', /\n[0-9a-f]{64}\n/);
await type(ann, 'secret=$((6 * 7)); echo secret-$secret; ls -d /proc/[0-9]* | wc -l');
await sees(ann, 'Ann', /^secret-42$/m);
await type(ben, 'docker ps -a --format "<{{.Names}}>"; echo all-$((1 + 1)):$secret');
await sees(ben, 'Ben', /^all-2:$/m);
is(!/^<of-ann>$/m.test(await shown(ben)), 'a learner does not see the containers of another');
await type(ann, 'docker ps -a --format "<{{.Names}}>"');
await sees(ann, 'Ann', /^<of-ann>$/m);

// ---- keys, paste, size ----
await type(ann, "sh -c 'echo begun; exec sleep 1000'");
await sees(ann, 'Ann', /^begun$/m);
await ann.page.getByRole('button', { name: 'Ctrl C' }).click();
await type(ann, 'echo interrupted-$((1 + 1))');
await sees(ann, 'Ann', /^interrupted-2$/m);
await ann.page.evaluate(() => {
	const data = new DataTransfer();
	data.setData('text/plain', 'for i in 1 2 3; do\n  echo "pasted-$i ü"\ndone\n');
	document.querySelector('.xterm-helper-textarea').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
});
await ann.page.keyboard.press('Enter');
await sees(ann, 'Ann', /^pasted-1 ü\npasted-2 ü\npasted-3 ü$/m);
await type(ann, 'echo columns-$(tput cols 2>/dev/null || stty size | cut -d" " -f2)');
await sees(ann, 'Ann', /^columns-1[0-9][0-9]$/m);
await ann.page.setViewportSize({ width: 390, height: 844 });
await until('the terminal gets narrow', () => ann.page.evaluate(() => document.querySelector('.xterm-screen').clientWidth <= 390));
await type(ann, 'echo columns-$(stty size | cut -d" " -f2)');
await sees(ann, 'Ann', /^columns-[34][0-9]$/m);
await ann.page.setViewportSize({ width: 1280, height: 844 });

// ---- the pages as such ----
for (const [visit, who] of [[ann, 'Ann'], [ben, 'Ben']])
	for (const width of [390, 1280]) {
		await visit.page.setViewportSize({ width, height: 844 });
		await visit.checkAccess();
		await visit.checkWidth();
		await visit.shot(`terminal-${who}-${width}`);
		is(visit.faults.length === 0, `${who} at ${width}: ${visit.faults.splice(0).join('\n')}`);
	}

// ---- coming back: by reloading, in another browser, after the server was killed ----
await ann.page.reload();
await sees(ann, 'Ann, having loaded the page again,', /^pasted-3 ü$/m);
const other = await browser.open(new URL(ann.page.url()).pathname + new URL(ann.page.url()).hash);
await sees(other, 'Ann in another browser', /^pasted-3 ü$/m);
await type(other, 'echo $secret-still-there');
await sees(ann, 'Ann in the first browser', /^42-still-there$/m);
await other.close();
writeFileSync(`${folder}/restart`, '');
await until('the page says that the server does not answer', async () => /does not answer/.test(await status(ann)));
writeFileSync(`${folder}/away`, '');
await until('the server is there again', () => existsSync(`${folder}/restarted`));
await sees(ann, 'Ann', /✔ You are back as Ann <b>\./);
await sees(ben, 'Ben', /✔ You are back as 小明\./);
await sees(ann, 'Ann', /›\s*$/);
await type(ann, 'docker ps -a --format "<{{.Names}}>"; echo listed-$((1 + 1))');
await sees(ann, 'Ann', /^listed-2$/m);

// ---- a third one waits for a terminal; who ends theirs, begins again ----
const cem = await join(browser, code, 'Cem', { width: 390 });
await until('the third learner waits', async () => /All terminals are in use\. You are next/.test(await status(cem)));
await type(ben, ':quit');
await until('a session ends', async () => /has ended/.test(await status(ben)));
await sees(cem, 'Cem', /You are Cem\./);
await ben.page.keyboard.press('Enter');
await until('who comes back waits, too', async () => /You are next/.test(await status(ben)));

// ---- the instructor sees them ----
const seen = await browser.open(board);
for (const name of ['Ann <b>', '小明', 'Cem'])
	is((await seen.text()).includes(name), `the board shows ${name}`);

// ---- an instructor looks on, if the learner says yes ----
const guests = (visit) => visit.page.evaluate(() => { const box = document.getElementById('guests'); return box.hidden ? '' : box.innerText; });
const press = (visit, name) => visit.page.getByRole('button', { name, exact: true }).click();
async function lookOn() {
	const [page] = await Promise.all([seen.context.waitForEvent('page'), seen.page.getByRole('link', { name: 'Look on at Ann <b>' }).click()]);
	await page.waitForLoadState();
	const visit = Object.assign(Object.create(Object.getPrototypeOf(seen)), { ...seen, page, faults: [] });
	await until('the instructor waits for the answer', async () => /Asking Ann <b>/.test(await status(visit)));
	await until('Ann is asked', async () => /The instructor asks to look on at this terminal/.test(await guests(ann)));
	return visit;
}
await ann.page.setViewportSize({ width: 900, height: 844 });
let looker = await lookOn();
is(!looker.page.url().includes(new URL(ann.page.url()).hash.slice(1)), "the learner's token is not in the instructor's page");
await type(ann, 'echo before-$((1 + 1))');
await sees(ann, 'Ann', /^before-2$/m);
is((await shown(looker)).trim() === '', 'nobody sees anything before the yes');
await ann.checkAccess();
await ann.shot('terminal-asked');
await press(ann, 'No');
await until('the instructor is told no', async () => /The answer is no/.test(await status(looker)));
is((await shown(looker)).trim() === '', 'and has seen nothing');
is(await guests(ann) === '', 'the question is gone');
await looker.page.close();

looker = await lookOn();
await press(ann, 'Look on');
await sees(looker, 'the instructor', /^before-2$/m);
is(/The instructor looks on\./.test(await guests(ann)), "Ann's page says who looks on");
const size = (visit) => visit.page.evaluate(() => document.querySelectorAll('.xterm-rows > div').length);
is(await size(looker) === await size(ann), "the size is the learner's");
await ann.page.setViewportSize({ width: 1000, height: 600 });
await until('and follows it', async () => await size(looker) === await size(ann) && await size(ann) < 35);
await type(looker, 'echo typed-without-$((1 + 1))');
await type(ann, 'echo after-$((1 + 1))');
await sees(looker, 'the instructor', /^after-2$/m);
is(!/typed-without/.test(await shown(ann)), 'who may only look types nothing');
await looker.checkAccess();
await looker.checkWidth();
await looker.shot('terminal-looker');
await press(ann, 'Stop');
await until('the look is over', async () => /You no longer look on/.test(await status(looker)));
await type(ann, 'echo private-$((1 + 1))');
await sees(ann, 'Ann', /^private-2$/m);
is((await shown(looker)).trim() === '', 'the instructor sees nothing any more');

await looker.page.reload();
await until('a new look is asked for', async () => /asks to look on/.test(await guests(ann)));
await press(ann, 'Look on and type');
await until("Ann's page says so", async () => /looks on and may type/.test(await guests(ann)));
await type(looker, 'echo together-$((1 + 1))');
await sees(ann, 'Ann', /^together-2$/m);
await ann.checkAccess();
await ann.shot('terminal-together');
await looker.page.close();
await until('who leaves is gone', async () => await guests(ann) === '');
const stranger = await browser.open('/terminal?look=ann-b#nothing');
await until('without the board nobody is asked', async () => /no longer opens the page/.test(await status(stranger)));
is(await guests(ann) === '', 'and Ann hears nothing of it');
await seen.checkAccess();
is(seen.faults.length + looker.faults.length === 0, `the instructor: ${[...seen.faults, ...looker.faults].join('\n')}`);

// ---- wrong addresses ----
const wrong = await browser.open('/terminal#nothing');
await until('a wrong address is told', async () => /opens no terminal here/.test(await status(wrong)));
for (const visit of [ann, ben, cem, wrong, stranger])
	is(visit.faults.filter((fault) => !/WebSocket connection/.test(fault)).length === 0, `no faults: ${visit.faults.join('\n')}`);

await browser.close();
sum();
