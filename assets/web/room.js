/* room.js - a workshop's pages, kept fresh: when something changes, the page is fetched again and its parts marked data-live
 * replace these. Times go on by themselves. Without script the page is whole as it was when it was asked for. */
"use strict";
(() => {
	const source = document.body.dataset.events;
	if (source === undefined || !("EventSource" in window)) return;
	const by = id => document.getElementById(id);
	const SHEET = new URL("room.css", document.currentScript.src); /* small, and always there */
	const PAUSE = 500, OLD = 10000, PING = 1000, PATIENCE = 1500; /* ms */

	/* ---- words: the page brings them, in its reader's language ---- */
	const WORDS = document.body.dataset;
	/* Puts values in place of %s, %2$s, %lld, %02lld. */
	function fill(words, ...values) {
		let next = 0;
		return words.replace(/%(?:(\d)\$)?(?:s|(0\d)?lld)/g, (all, place, width) =>
			String(values[place ? place - 1 : next++]).padStart(Number(width ?? 0), "0"));
	}

	/* ---- times ---- */
	let arrived = performance.now();
	function span(seconds) {
		const s = Math.max(0, Math.floor(seconds)), m = Math.floor(s / 60), h = Math.floor(m / 60);
		return s < 60 ? fill(WORDS.wordsSeconds, s) : m < 60 ? fill(WORDS.wordsMinutes, m) : fill(WORDS.wordsHours, h, m % 60);
	}
	function tick() {
		if (lost) return; /* what stands still must look so */
		const since = performance.now() - arrived, clock = by("clock");
		if (clock !== null) clock.textContent = new Date(Number(clock.dataset.clock) + since).toISOString().slice(11, 16);
		for (const age of document.querySelectorAll("[data-age]")) age.textContent = span(Number(age.dataset.age) + since / 1000);
		for (const timer of document.querySelectorAll("[data-left]")) {
			const left = Math.max(0, Math.ceil((Number(timer.dataset.left) - since) / 1000));
			timer.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
			timer.classList.toggle("up", left === 0);
		}
	}

	/* ---- a server that does not answer ---- */
	let lost = false, gone = false;
	function say(words) {
		lost = words !== "";
		document.body.classList.toggle("lost", lost);
		by("lost").hidden = !lost;
		by("lost").textContent = words;
	}
	function connection(there) {
		if (gone || lost === !there) return;
		say(there ? "" : fill(WORDS.wordsLost, by("clock")?.textContent ?? WORDS.wordsNow));
		if (there) refresh();
	}
	async function ask(address, options) {
		try {
			const answer = await fetch(address, { cache: "no-store", ...options });
			connection(true);
			return answer;
		} catch {
			connection(false);
			return null;
		}
	}
	setInterval(() => ask(SHEET, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE) }), PING);

	/* ---- fetching again ---- */
	let waiting = false, due = false, asked = 0, pressed = false;
	/* A part in which somebody is choosing or about to click stays; who is at a button finds it again. */
	function replace(part, fresh) {
		const at = part.contains(document.activeElement) ? document.activeElement : null;
		if (pressed || (at !== null && at.matches("input, select, textarea"))) { due = true; return; }
		const scrolled = part.querySelector(".wide")?.scrollLeft;
		part.className = fresh.className;
		part.replaceChildren(...fresh.childNodes);
		if (scrolled) part.querySelector(".wide").scrollLeft = scrolled;
		if (at !== null && at.id !== "") by(at.id)?.focus();
	}
	function take(text) {
		const page = new DOMParser().parseFromString(text, "text/html"), board = by("board");
		if (board !== null && page.getElementById("board")?.dataset.ended !== board.dataset.ended) { location.reload(); return; }
		arrived = performance.now();
		for (const part of document.querySelectorAll("[data-live]")) {
			const fresh = page.getElementById(part.id);
			if (fresh !== null) replace(part, fresh);
		}
		const to = by("to"), known = new Set([...to?.options ?? []].map(o => o.value));
		for (const one of page.querySelectorAll("#to option")) if (!known.has(one.value)) to?.append(one);
		tick();
	}
	async function refresh() {
		if (waiting) { due = true; return; }
		waiting = true;
		due = false;
		asked = performance.now();
		const answer = await ask(location.href, { headers: { Accept: "text/html" } });
		if (answer?.ok) take(await answer.text());
		else if (answer?.status === 403) {
			gone = true;
			say(WORDS.wordsGone);
		}
		setTimeout(() => {
			waiting = false;
			if (due) refresh();
		}, PAUSE);
	}
	const stream = new EventSource(source);
	for (const name of ["board", "change"]) stream.addEventListener(name, refresh);
	stream.addEventListener("error", () => ask(SHEET, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE) }));
	setInterval(() => {
		tick();
		if (!lost && performance.now() - asked > OLD) refresh();
	}, 1000);
	document.addEventListener("pointerdown", () => { pressed = true; });
	for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => { setTimeout(() => { pressed = false; }, 0); });

	/* ---- forms without leaving the page ---- */
	if (by("board") === null) return;
	const said = by("said");
	async function order(address, fields) {
		const answer = await ask(address, { method: "POST", headers: { Accept: "text/html, text/plain", "Content-Type": "application/json" }, body: JSON.stringify(fields) });
		said.textContent = answer === null || answer.ok ? "" : await answer.text();
		if (answer?.ok) refresh();
		return answer?.ok === true;
	}
	document.addEventListener("submit", async e => {
		const form = e.target;
		if (form.method !== "post") return;
		e.preventDefault();
		if (await order(form.action, Object.fromEntries(new FormData(form, e.submitter))))
			for (const field of form.querySelectorAll("input[name=text], input[name=name], textarea")) field.value = "";
	});
	document.addEventListener("click", e => {
		const to = e.target.closest("a[data-to]");
		if (to === null) return;
		e.preventDefault();
		by("to").value = to.dataset.to;
		by("message").focus();
	});
	document.querySelector("#window select")?.addEventListener("change", e => e.target.form.submit());
	/* the room's clock is the first instructor's, unless somebody sets another */
	if (by("board").dataset.zone === "" && by("zone") !== null) {
		const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
		if (zone) order(location.pathname + location.search, { do: "zone", zone }).then(good => { if (good) by("zone").value = zone; });
	}
})();
