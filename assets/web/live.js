/* live.js - a page that tells when there is something new: parts marked data-live are fetched again. Without
 * script the page is whole; this only keeps it fresh. */
"use strict";
(() => {
	const root = document.querySelector("[data-events]");
	if (root === null || !("EventSource" in window)) return;
	let waiting = false, asked = false;
	async function refresh() {
		if (waiting) { asked = true; return; }
		waiting = true;
		try {
			const answer = await fetch(location.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
			if (answer.ok) {
				const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
				for (const part of document.querySelectorAll("[data-live]")) {
					const other = fresh.getElementById(part.id);
					if (other !== null && other.innerHTML !== part.innerHTML && !part.contains(document.activeElement))
						part.replaceChildren(...other.childNodes);
				}
			}
		} catch { /* the next event tries again */ }
		setTimeout(() => {
			waiting = false;
			if (asked) { asked = false; refresh(); }
		}, 1000);
	}
	new EventSource(root.dataset.events).addEventListener("news", refresh);
})();
