// What an instructor does at the board, in a browser: instructor.mjs BOARD MESSAGE; NODE_FOLDER has playwright-core.
import { createRequire } from "node:module";
const require = createRequire(process.env.NODE_FOLDER + "/");
const { chromium } = require("playwright-core");
const [board, message] = process.argv.slice(2);
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
	args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
const problems = [];
page.on("console", (m) => m.type() === "error" && problems.push(m.text()));
page.on("pageerror", (e) => problems.push(e.message));
page.on("request", (r) => new URL(r.url()).origin === new URL(board).origin || r.url().startsWith("data:") || problems.push("asks " + r.url()));
try {
	await page.goto(board);
	await page.locator("#message").fill(message);
	await page.locator("form:has(#message) button").click();
	await page.getByText("Ask your own question").click();
	await page.locator("textarea[name=gift]").fill("Which way is starboard? {~left#That is port. =right#Seen forwards.}");
	await page.locator("form:has(textarea[name=gift]) button").click();
	await page.locator("#question").getByText("starboard").waitFor();
	await page.getByRole("button", { name: "Resume" }).click(); // it was on hold
	await page.getByRole("button", { name: "Pause everyone" }).waitFor();
	await page.getByRole("button", { name: "Go step by step" }).click();
	await page.getByRole("button", { name: "Unlock everything" }).click();
	if (process.env.SHOTS) await page.screenshot({ path: process.env.SHOTS + "/board.png", fullPage: true });
	if (problems.length > 0) throw new Error(problems.join("\n"));
} catch (e) {
	console.log(String(e), await page.locator("body").innerText().catch(() => ""));
	process.exitCode = 1;
}
await browser.close();
