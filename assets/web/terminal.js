// terminal.js - the page of a terminal: xterm.js shows what a program on the server prints, over a WebSocket (see include/terminals.h).
// The token that opens the terminal is in the address's fragment.
'use strict';
(() => {
	const { nonce } = document.currentScript;
	const status = document.getElementById('status');
	const place = document.getElementById('terminal');
	const token = location.hash.slice(1);
	const of = new URL(location.href).searchParams.get('look'); // a guest's page: the learner who is asked
	const isGuest = of !== null;
	const UNKNOWN = 4404, REFUSED = 4403, AWAY = 4409, OVER = 4410, PIECE = 32768, SLOWEST_MS = 5000;
	const KEYS = { esc: '\x1b', tab: '\t', stop: '\x03', end: '\x04', up: '\x1b[A', down: '\x1b[B', right: '\x1b[C', left: '\x1b[D' };
	const encoder = new TextEncoder();
	const words = document.body.dataset; // what the page says, in its reader's language
	const fill = (text, value) => text.replace('%s', () => value);

	// xterm.js makes style sheets; this page's policy lets only those with its nonce count.
	const create = document.createElement.bind(document);
	document.createElement = (name, options) => {
		const element = create(name, options);
		if (name === 'style')
			element.nonce = nonce;
		return element;
	};
	// The policy forbids attributes with styles, but not what they set.
	const setAttribute = Element.prototype.setAttribute;
	Element.prototype.setAttribute = function (name, value) {
		if (name === 'style')
			this.style.cssText = value;
		else
			setAttribute.call(this, name, value);
	};

	function say(text, bad) {
		status.textContent = text;
		status.classList.toggle('bad', Boolean(bad));
		fit();
	}

	// ---- the terminal ----
	const dark = matchMedia('(prefers-color-scheme: dark)');
	const theme = () => (dark.matches
		? { background: '#12151b', foreground: '#e9edf4', cursor: '#86b4ff', selectionBackground: '#3a6cc0' }
		: { background: '#ffffff', foreground: '#1b2130', cursor: '#1d5bbf', selectionBackground: '#a9c8f5', yellow: '#8a5200',
			brightYellow: '#8a5200', green: '#1a6b3c', brightGreen: '#1a6b3c', cyan: '#0a6570', brightCyan: '#0a6570', white: '#4f5969', brightWhite: '#1b2130' });
	const term = new Terminal({ fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace', fontSize: 15, scrollback: 5000,
		theme: theme(), /* dim text gets half of it */ minimumContrastRatio: 9, macOptionIsMeta: true });
	term.open(place);
	dark.addEventListener('change', () => { term.options.theme = theme(); });

	// As many rows and columns as there is room for.
	function fit() {
		if (isGuest)
			return; // as large as the learner's
		const screen = place.querySelector('.xterm-screen');
		if (screen === null || screen.clientWidth === 0)
			return;
		const width = screen.clientWidth / term.cols, height = screen.clientHeight / term.rows;
		const columns = Math.max(20, Math.floor((place.clientWidth - 16) / width)), rows = Math.max(5, Math.floor(place.clientHeight / height));
		if (columns !== term.cols || rows !== term.rows)
			term.resize(columns, rows);
	}
	new ResizeObserver(fit).observe(place);

	// ---- the connection ----
	let socket = null, ended = isGuest, mayType = !isGuest, delay = 250, timer = 0;
	const isOpen = () => socket !== null && socket.readyState === WebSocket.OPEN;
	const order = (message) => { if (isOpen()) socket.send(JSON.stringify(message)); };

	function type(text) {
		if (!mayType)
			return;
		if (ended && text.includes('\r')) {
			ended = false;
			order({ start: true });
		} else if (isOpen() && !ended) {
			const bytes = encoder.encode(text);
			for (let at = 0; at < bytes.length; at += PIECE)
				socket.send(bytes.subarray(at, at + PIECE));
		}
	}

	// What the learner's containers publish: each port opens in a window that has no way back to this one.
	function showPorts(ports) {
		const list = document.getElementById('ports');
		list.textContent = words.wordsPorts;
		for (const { port, address } of ports) {
			const link = document.createElement('a');
			link.href = new URL(address, location.href);
			link.textContent = port;
			link.target = '_blank';
			link.rel = 'noopener noreferrer';
			list.append(' ', link);
		}
		list.hidden = ports.length === 0;
		fit();
	}

	// Who asks to look on, and who does: buttons to allow it and to stop it, for as long as they are there.
	function addButton(row, id, may, label) {
		const button = document.createElement('button');
		button.type = 'button';
		button.textContent = label;
		button.addEventListener('click', () => {
			order({ guest: id, may });
			term.focus();
		});
		row.append(button);
	}
	function showGuests(guests) {
		const box = document.getElementById('guests');
		box.replaceChildren();
		for (const { id, name, may } of guests) {
			const row = document.createElement('div'), said = document.createElement('p');
			const [alone, named] = { ask: [words.wordsAsks, words.wordsAsksNamed], type: [words.wordsTypes, words.wordsTypesNamed] }[may]
				?? [words.wordsLooks, words.wordsLooksNamed];
			said.textContent = name === '' ? alone : fill(named, name);
			row.append(said);
			if (may === 'ask') {
				addButton(row, id, 'look', words.wordsLetLook);
				addButton(row, id, 'type', words.wordsLetType);
			}
			addButton(row, id, 'no', may === 'ask' ? words.wordsRefuse : words.wordsStop);
			box.append(row);
		}
		box.hidden = guests.length === 0;
		fit();
	}

	// What a guest is told.
	function look(message) {
		if (message.state === 'asking') {
			say(fill(words.wordsAsking, message.name));
			document.title = `${message.name} · ropes`;
			return;
		}
		if (message.rows !== undefined)
			term.resize(message.columns || 80, message.rows || 24);
		if (message.state === 'open')
			term.reset();
		if (message.may !== undefined) {
			mayType = message.may === 'type';
			ended = false;
			term.options.disableStdin = !mayType;
			say(mayType ? words.wordsMayType : words.wordsMayLook);
		}
	}
	const GOODBYES = {
		[UNKNOWN]: words.wordsUnknown,
		[REFUSED]: words.wordsRefused,
		[AWAY]: words.wordsAway,
		[OVER]: words.wordsOver,
	};
	// A new look has to be allowed again, so the page does not come back by itself.
	function leave(code) {
		mayType = false;
		term.options.disableStdin = true;
		if (code !== REFUSED)
			term.reset();
		say(`${GOODBYES[code] ?? words.wordsEnded}${code === UNKNOWN ? '' : ` ${words.wordsAgain}`}`, true);
	}

	function obey(message) {
		if (isGuest) {
			look(message);
			return;
		}
		if (message.guests !== undefined) {
			showGuests(message.guests);
			return;
		}
		if (message.ports !== undefined) {
			showPorts(message.ports);
			return;
		}
		ended = message.state === 'ended';
		if (message.state === 'open') {
			term.reset();
			say('');
			document.title = `${message.name} · ropes`;
		} else if (message.state === 'waiting') {
			say(message.place === 1 ? words.wordsNext : fill(words.wordsWaiting, message.place - 1));
		} else if (ended) {
			say(words.wordsSessionEnded);
		}
	}

	function connect() {
		clearTimeout(timer);
		if (socket !== null && (isGuest || socket.readyState <= WebSocket.OPEN))
			return;
		const address = new URL('terminal/stream', location.href);
		address.protocol = address.protocol.replace('http', 'ws');
		address.hash = address.search = '';
		socket = new WebSocket(address);
		socket.binaryType = 'arraybuffer';
		socket.onopen = () => {
			delay = 250;
			fit();
			order(isGuest ? { pass: token, of } : { token, rows: term.rows, columns: term.cols });
		};
		socket.onmessage = ({ data }) => {
			if (typeof data === 'string')
				obey(JSON.parse(data));
			else
				term.write(new Uint8Array(data));
		};
		socket.onclose = ({ code }) => {
			if (isGuest) {
				leave(code);
				return;
			}
			showGuests([]);
			if (code === UNKNOWN) {
				say(words.wordsNoTerminal, true);
				return;
			}
			say(words.wordsLost, true);
			timer = setTimeout(connect, delay);
			delay = Math.min(2 * delay, SLOWEST_MS);
		};
	}

	term.onData(type);
	// Shift Tab leaves the terminal, which takes all other keys.
	term.attachCustomKeyEventHandler((event) => !(event.key === 'Tab' && event.shiftKey));
	addEventListener('hashchange', () => history.replaceState(null, '', `#${token}`)); // a link within the page
	term.onBinary((text) => isOpen() && mayType && socket.send(Uint8Array.from(text, (c) => c.charCodeAt(0))));
	term.onResize(({ rows, cols }) => { if (!isGuest) order({ rows, columns: cols }); });
	place.classList.toggle('guest', isGuest);
	for (const wake of ['online', 'pageshow'])
		addEventListener(wake, connect);
	document.addEventListener('visibilitychange', () => { if (!document.hidden) connect(); });

	// ---- buttons ----
	for (const button of document.querySelectorAll('[data-key]'))
		button.addEventListener('click', () => {
			type(KEYS[button.dataset.key]);
			term.focus();
		});
	const grow = (by) => {
		term.options.fontSize = Math.min(40, Math.max(8, term.options.fontSize + by));
		requestAnimationFrame(fit);
	};
	document.getElementById('smaller').addEventListener('click', () => grow(-1));
	document.getElementById('larger').addEventListener('click', () => grow(1));
	document.getElementById('reader').addEventListener('change', ({ target }) => { term.options.screenReaderMode = target.checked; });

	fit();
	say(words.wordsConnecting);
	connect();
	term.focus();
})();
