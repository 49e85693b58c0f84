/* room.js - a workshop's board, kept fresh: what changes comes as events, and is drawn as the server drew it
 * (src/pages/room_grid.c). Without script the page is whole as it was when it was asked for. */
"use strict";
(() => {
	const source = document.body.dataset.events;
	if (source === undefined || !("EventSource" in window)) return;
	const names = document.querySelector(".instructor") !== null;
	const svg = "http://www.w3.org/2000/svg";
	const marks = [["d", "done", 0, 10], ["h", "shown", 3, 7], ["s", "skipped", 7, 3], ["r", "reached", 5, 5],
		["f", "failed", 0, 4], ["f", "failed", 6, 4]];
	let board = null, drawn = false, arrived = 0;
	const by = id => document.getElementById(id);

	/* ---- making elements ---- */
	function make(name, attributes, ...children) {
		const one = document.createElement(name);
		for (const [key, value] of Object.entries(attributes ?? {})) one.setAttribute(key, value);
		one.append(...children.filter(c => c !== null && c !== undefined && c !== ""));
		return one;
	}
	function draw(name, attributes, ...children) {
		const one = document.createElementNS(svg, name);
		for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
		one.append(...children);
		return one;
	}
	function span(seconds) {
		const s = Math.max(0, Math.floor(seconds)), m = Math.floor(s / 60), h = Math.floor(m / 60);
		return s < 60 ? `${s} s` : m < 60 ? `${m} min` : `${h} h ${String(m % 60).padStart(2, "0")} min`;
	}
	const badge = (cls, words) => make("span", { class: `badge ${cls}` }, words);
	const soft = words => make("p", { class: "soft" }, words);
	function replace(id, ...children) {
		const place = by(id);
		if (place !== null && !place.contains(document.activeElement)) place.replaceChildren(...children);
	}

	/* ---- time goes on between events, without the machine's clock being right ---- */
	const since = () => (performance.now() - arrived) / 1000;
	const stuck = l => l.waiting || l.finished ? 0 : (performance.now() - l.when) / 1000 + l.stuck_s;
	/* as src/board/board.c, with its thresholds */
	const level = l => !l.here ? "" : stuck(l) >= board.stuck_long_after_s ? "bad" : stuck(l) >= board.stuck_after_s ? "warn" : "";
	function arrive(learner) {
		learner.when = performance.now();
		return learner;
	}

	/* ---- the grid ---- */
	function shown() {
		const chosen = document.querySelector("#window select")?.value ?? "";
		const lesson = board.lessons.find(l => l.lesson === chosen);
		if (lesson !== undefined) return lesson;
		if (chosen === "all") return { lesson: null, first: 0, steps: board.steps.length };
		const furthest = Math.max(board.open_at, 0, ...board.learners.map(l => l.at));
		let end = 0;
		for (const l of board.lessons) if (end <= furthest) end = l.first + l.steps;
		return { lesson: null, first: 0, steps: end };
	}
	function strip(learner, view) {
		const picture = draw("svg", { class: "strip", viewBox: `${view.first} 0 ${view.steps} 10`, preserveAspectRatio: "none",
			role: "img", "aria-label": `${learner.done} of ${learner.of} steps done` });
		for (const [letter, cls, top, height] of marks) {
			let path = "";
			for (const run of learner.grid.matchAll(new RegExp(`${letter}+`, "g")))
				path += `M${run.index} ${top}h${run[0].length}v${height}h-${run[0].length}z`;
			if (path !== "") picture.append(draw("path", { class: cls, d: path }));
		}
		return make("td", { class: "cells" }, picture);
	}
	const badges = l => l.badges.flatMap(b => [" ", badge(b.tone, b.words)]);
	function last(l) {
		if (!l.last) return make("td", { class: "last" });
		const held = l.last.verdict === "held", words = held ? "passed" : "not passed";
		return make("td", { class: "last", title: `${l.last.line} (${words})` }, make("span", { role: "img",
			class: held ? "good" : "bad", "aria-label": words }, held ? "✔" : "✘"), " ", make("code", {}, l.last.line));
	}
	function colour(l) {
		const seconds = stuck(l);
		l.cell.className = `n ${level(l)}`;
		l.cell.textContent = seconds >= 1 ? span(seconds) : "";
	}
	function row(l, view) {
		const one = make("tr");
		if (names) one.append(make("th", { scope: "row" }, l.name, ...badges(l)));
		one.append(strip(l, view), make("td", { class: "n" }, String(l.done)));
		if (names) {
			l.cell = make("td");
			colour(l);
			one.append(make("td", { class: "at" }, l.step_title ?? ""), l.cell, last(l));
		}
		l.row = one;
		return one;
	}
	function grid() {
		const view = shown(), head = document.querySelector(".cohort thead th .heads, .cohort thead th:nth-child(" + (names ? 2 : 1) + ")");
		const place = head.closest("th");
		if (view.lesson === null) place.replaceChildren(`steps 1 to ${view.steps} of ${board.steps.length}`);
		else place.replaceChildren(make("div", { class: "heads" },
			...board.steps.slice(view.first, view.first + view.steps).map(s => make("span", { title: s.title }, s.title))));
		by("rows").replaceChildren(...board.learners.map(l => row(l, view)));
	}

	/* ---- who needs somebody ---- */
	function hands() {
		const all = board.learners.filter(l => l.hand !== null && l.hand !== undefined)
			.sort((a, b) => b.hand_s + (b.when < a.when) - a.hand_s);
		if (all.length === 0) { replace("hands", soft("No hand is raised.")); return; }
		replace("hands", make("ol", { class: "needs" }, ...all.map(l => {
			const answer = make("button", { type: "button", class: "plain" }, "Answer");
			answer.addEventListener("click", () => { by("to").value = l.learner; by("message").focus(); });
			const lower = make("form", { method: "post", action: location.pathname + "?" + new URLSearchParams({
				token: new URLSearchParams(location.search).get("token") }) },
			make("input", { type: "hidden", name: "do", value: "lower" }),
			make("input", { type: "hidden", name: "to", value: l.learner }), make("button", { class: "plain" }, "Lower"));
			return make("li", {}, make("b", {}, l.name), " ",
				make("span", { class: "warn" }, `${span(l.hand_s + (performance.now() - l.when) / 1000)}`), make("br"), l.hand, answer, lower);
		})));
	}
	function longest() {
		const all = board.learners.filter(l => level(l) !== "").sort((a, b) => stuck(b) - stuck(a)).slice(0, 6);
		if (all.length === 0) { replace("stuck", soft("No one.")); return; }
		replace("stuck", make("ol", { class: "needs" }, ...all.map(l => make("li", {}, make("b", {}, l.name), " ",
			make("span", { class: level(l) }, span(stuck(l))), " ",
			make("span", { class: "soft" }, l.step_title ?? "")))));
	}
	function stops() {
		const at = new Map();
		for (const l of board.learners) {
			if (l.at < 0 || l.at >= board.steps.length) continue;
			const one = at.get(l.at) ?? { here: 0, stuck: 0 };
			one.here++;
			one.stuck += level(l) === "bad" ? 1 : 0;
			at.set(l.at, one);
		}
		const all = [...at].sort(([, a], [, b]) => b.stuck * 1000 + b.here - a.stuck * 1000 - a.here).slice(0, 6);
		if (all.length === 0) { replace("stops", soft("No one has started a step yet.")); return; }
		const head = ["stuck", "working on it", "done"].map(w => make("th", { scope: "col", class: "n" }, w));
		replace("stops", make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "step"), ...head)),
			make("tbody", {}, ...all.map(([i, one]) => make("tr", {}, make("th", { scope: "row" }, board.steps[i].title),
				make("td", { class: one.stuck > 0 ? "n bad" : "n" }, String(one.stuck)), make("td", { class: "n" }, String(one.here)),
				make("td", { class: "n" }, String(board.learners.filter(l => "dh".includes(l.grid[i])).length)))))));
	}

	/* ---- the question ---- */
	function bar(letter, words, count, most, right) {
		return make("li", right ? { class: "right" } : {}, make("span", { class: "letter" }, letter),
			make("span", { class: "words" }, words, right ? make("span", { class: "good" }, " ✔ correct") : ""),
			draw("svg", { class: "barline", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
				draw("rect", { class: "bar", width: count * 100 / most, height: 10 })), make("b", {}, String(count)));
	}
	function question() {
		const q = board.question;
		if (!q) { replace("question", soft("No question is open.")); return; }
		const most = Math.max(1, q.answers);
		const bars = q.options !== undefined
			? q.options.map((text, i) => bar(String.fromCharCode(97 + i), text, q.counts[i], most, q.marks?.[i]))
			: q.words.map(w => bar("", w.text, w.count, most, false));
		replace("question", make("p", { class: "asked" }, q.text), make("ul", { class: "bars" }, ...bars),
			soft(`${q.answers} answered${q.open ? "" : ", closed"}`),
			...(q.open ? [] : [make("p", {}, make("b", {}, String(q.right)), " correct: ", make("b", { class: "good" }, q.answer)),
				make("p", {}, q.explanation)]));
	}

	/* ---- the head ---- */
	function head() {
		const c = board.counts, small = by("count-here").querySelector("small");
		for (const [name, value] of Object.entries({ here: c.here, hands: c.hands, done: c.done, fast: c.fast }))
			by(`count-${name}`).querySelector("b").firstChild.data = String(value);
		small.textContent = ` of ${c.learners}`;
		const open = board.open_at >= 0 ? ` Unlocked up to: ${board.steps[board.open_at].title}` : " All steps are unlocked";
		replace("pace", board.ended ? badge("bad", "The workshop is over") : board.hold ? badge("warn", "Paused") : "", open);
		const hold = by("hold");
		if (hold !== null) { hold.value = board.hold ? "go" : "hold"; hold.textContent = board.hold ? "Resume" : "Pause everyone"; }
		const to = by("to");
		if (to === null) return;
		const known = new Set([...to.options].map(o => o.value));
		for (const l of board.learners) if (!known.has(l.learner)) to.append(make("option", { value: l.learner }, l.name));
	}
	function tick() {
		if (board === null) return;
		const now = new Date(board.clock_ms + since() * 1000), t = board.timer, place = by("timer");
		by("clock").textContent = now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
		if (!t) { place.replaceChildren(); place.className = ""; } else {
			const left = Math.max(0, Math.ceil(t.left_ms / 1000 - since()));
			place.className = left === 0 ? "up" : "";
			place.replaceChildren(make("b", {}, `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`), " ", t.text);
		}
		if (!names) return;
		for (const l of board.learners) if (l.cell !== undefined) colour(l);
		longest();
		stops();
	}

	/* ---- what comes ---- */
	let due = false;
	function later() { /* many events, one drawing */
		if (due) return;
		due = true;
		requestAnimationFrame(() => {
			due = false;
			if (!drawn) { grid(); drawn = true; }
			head();
			question();
			if (names) hands();
			tick();
		});
	}
	const stream = new EventSource(source);
	stream.addEventListener("board", e => {
		board = JSON.parse(e.data);
		board.learners.forEach(arrive);
		arrived = performance.now();
		drawn = false;
		later();
	});
	stream.addEventListener("change", e => {
		const change = JSON.parse(e.data);
		if (board === null) return;
		const { learners, ...rest } = change, width = shown().steps;
		Object.assign(board, rest);
		arrived = performance.now();
		if (!names) {
			board.learners = learners.map(arrive);
			drawn = false;
		}
		const view = shown();
		for (const learner of names ? learners : []) {
			const i = board.learners.findIndex(l => l.learner === learner.learner), old = board.learners[i];
			arrive(learner);
			if (old === undefined) {
				board.learners.push(learner);
				if (drawn) by("rows").append(row(learner, view));
			} else {
				board.learners[i] = learner;
				if (drawn && old.row !== undefined) old.row.replaceWith(row(learner, view));
			}
		}
		if (shown().steps !== width) drawn = false;
		later();
	});
	setInterval(tick, 1000);

	/* ---- forms without leaving the page ---- */
	document.querySelector("#window select")?.addEventListener("change", () => { if (board !== null) grid(); });
	document.addEventListener("submit", async e => {
		const form = e.target;
		if (form.method !== "post") return;
		e.preventDefault();
		const said = by("said");
		try {
			const answer = await fetch(form.action, { method: "POST", headers: { "Content-Type": "application/json" },
				body: JSON.stringify(Object.fromEntries(new FormData(form, e.submitter))) });
			said.textContent = answer.ok ? "" : await answer.text();
			if (answer.ok) for (const field of form.querySelectorAll("input[name=text], textarea")) field.value = "";
		} catch {
			said.textContent = "No connection to the server. The board will resume when it is back.";
		}
	});
})();
