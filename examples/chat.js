// SPDX-License-Identifier: BSD-2-Clause
// The page of examples/chat. What it promises:
//
//  - What you say is sent again until a worker says that it has it, under a
//    number of its own, so that nobody sees it twice.
//  - After a reconnect the last 50 lines of the room come again; those that
//    are shown already are known by their numbers.
//
// Nothing is lost that way but what is older than those 50 lines, or what
// only one worker had when it was killed together with all the others.
'use strict';

const FIRST_MS = 250, MOST_MS = 10000;	// of a wait before the next try
const ACK_MS = 10000;			// then the connection is given up
const REFUSED = 2;			// tries without a WebSocket: poll
const AGAIN_MS = 300000;		// and later try one again

const $ = id => document.getElementById(id);
const options = new URLSearchParams(location.search);
const cid = Array.from(crypto.getRandomValues(new Uint8Array(16)),
    b => b.toString(16).padStart(2, '0')).join('');

let room, name, from;			// ours
let said = 0;				// the number of the last
const unheard = new Map();		// number: what is not acknowledged yet
const shown = new Set();		// from + number
let link = null;			// the connection: send(text), close()
let tries = 0, refused = 0, refusedAt = 0, reconnects = 0;
let timer = null;

function state(what, text) {
	$('state').dataset.state = what;
	$('state').textContent = text;
}

// Somewhere within the time, so that those who were cut together do not come
// back together.
function jitter(ms) {
	return Math.random() * ms;
}

function retry(ms, why) {
	link = null;
	clearTimeout(timer);
	state('wait', `${why}; again in ${(ms / 1000).toFixed(1)} s`);
	timer = setTimeout(connect, ms);
	reconnects++;
}

function backoff(why) {
	retry(jitter(Math.min(MOST_MS, FIRST_MS * 2 ** tries++)), why);
}

function connect() {
	clearTimeout(timer);
	if (Date.now() - refusedAt > AGAIN_MS)
		refused = 0;
	if (refused >= REFUSED || options.get('transport') === 'poll')
		poll();
	else
		websocket();
}

const hello = () => JSON.stringify({ t: 'hello', room, name, cid });
const say = (n, text) => JSON.stringify({ t: 'say', n, text });

// --- by WebSocket

function websocket() {
	// Any worker will do; so clients of one address are spread over them. The
	// cookie of a session, which must come back, is for /poll alone.
	document.cookie = `chat=${Math.random()}; Path=/chat; SameSite=Strict`;
	const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
	const ws = new WebSocket(scheme + location.host + '/chat');
	let opened = false;

	link = {
		how: 'WebSocket',
		send: text => { if (ws.readyState === WebSocket.OPEN) ws.send(text); },
		close: () => ws.close(),
	};
	ws.onopen = () => {
		opened = true;
		refused = 0;
		ws.send(hello());
	};
	ws.onmessage = e => heard(JSON.parse(e.data));
	ws.onclose = e => {
		if (!opened) {
			refusedAt = Date.now();
			if (++refused >= REFUSED) {
				connect();
				return;
			}
		}
		if (e.code === 1012)	// a restart: its closes are spread already
			retry(jitter(1000), 'the worker restarts');
		else if (e.code === 1001)
			retry(jitter(3000), 'the worker leaves');
		else if (e.code === 1008)
			ended('refused: ' + (e.reason || 'no reason given'));
		else
			backoff('the connection is lost');
	};
}

// --- by long polling

async function poll() {
	const url = what => `/poll${what}?cid=${cid}`;
	const post = (what, body) => fetch(url(what), { method: 'POST', body });
	const stop = new AbortController();
	let last = 0;
	const me = link = {
		how: 'long polling',
		send: async text => {
			try {
				const r = await post('/say', text);
				if (r.status === 410)
					stop.abort('gone');
			} catch {
				stop.abort('lost');
			}
		},
		close: () => stop.abort('silent'),
	};

	try {
		const opened = await post('/open', hello());
		if (opened.status === 400) {
			ended('refused: no such room or name');
			return;
		}
		if (!opened.ok)
			throw new Error(opened.status);
		while (link === me) {
			const r = await fetch(`${url('')}&after=${last}`,
			    { signal: stop.signal });
			if (r.status === 410)	// its worker is another one now
				break;
			if (!r.ok)
				throw new Error(r.status);
			const news = await r.json();
			last = news.last;
			news.frames.forEach(heard);
		}
	} catch {
		if (link === me && stop.signal.reason !== 'gone') {
			refused = 0;	// it may be the server, not the WebSocket
			backoff('the connection is lost');
		}
	}
	if (link === me)
		retry(jitter(1000), 'the session is over');
}

addEventListener('pagehide', () => {
	if (link && link.how !== 'WebSocket')
		navigator.sendBeacon(`/poll/leave?cid=${cid}`);
});

// --- what comes

function list(id, words, show) {
	$(id).replaceChildren(...words.sort().map(word => {
		const li = document.createElement('li');
		li.append(show(word));
		return li;
	}));
}

const heards = {
	welcome(m) {
		from = m.from;
		tries = 0;
		state('open', `seat ${m.seat}, pid ${m.pid}, by ${link.how}`);
		Object.assign($('state').dataset, { seat: m.seat, pid: m.pid,
		    how: link.how, reconnects });
		for (const [n, waits] of unheard) {
			waits.since = Date.now();
			if (waits.room === room)
				link.send(say(n, waits.text));
		}
		list('rooms', m.rooms, what => {
			const button = document.createElement('button');
			button.textContent = what;
			button.onclick = () => enter(what);
			return button;
		});
	},
	ack(m) {
		unheard.delete(m.n);
	},
	who(m) {
		$('count').textContent = m.count;
		list('names', m.names, who => document.createTextNode(who));
	},
	line: show,
};

function heard(m) {
	if (link && Object.hasOwn(heards, m.t))
		heards[m.t](m);
}

// In the order of their times, though one may come late.
function show(m) {
	const key = `${m.from} ${m.n}`, lines = $('lines');
	const li = document.createElement('li');
	const end = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
	const time = document.createElement('time');
	const who = document.createElement('b');
	let before = lines.lastElementChild;

	if (shown.has(key) || m.room !== room)
		return;
	shown.add(key);
	li.dataset.at = m.at;
	time.textContent = new Date(m.at).toLocaleTimeString();
	who.textContent = m.name;
	li.append(time, who, document.createTextNode(m.text));
	while (before && Number(before.dataset.at) > m.at)
		before = before.previousElementSibling;
	if (before)
		before.after(li);
	else
		lines.prepend(li);
	if (lines.childElementCount > 1000)
		lines.firstElementChild.remove();
	if (end)
		lines.scrollTop = lines.scrollHeight;
}

// --- what is said

// A connection that takes and does not acknowledge is as good as none.
setInterval(() => {
	for (const waits of unheard.values())
		if (link && waits.room === room &&
		    Date.now() - waits.since > ACK_MS) {
			waits.since = Date.now();
			link.close();
		}
}, 1000);

function ended(why) {
	clearTimeout(timer);
	link = null;
	state('wait', why);
	$('enter').hidden = false;
	$('say').hidden = true;
}

// Another room, if there is a connection, else the first one.
function enter(what) {
	room = what;
	shown.clear();
	$('lines').replaceChildren();
	$('room').textContent = room;
	$('enter').hidden = true;
	$('say').hidden = false;
	$('text').focus();
	if (link)
		link.send(hello());
	else
		connect();
}

// What a worker takes: so many bytes, none of them a control byte.
function fits(input, bytes) {
	const text = input.value.replace(/[\u0000-\u001f\u007f]/g, ' ').trim();

	input.setCustomValidity(new TextEncoder().encode(text).length > bytes ?
	    `longer than ${bytes} bytes` : '');
	return input.reportValidity() ? text : '';
}
for (const input of document.querySelectorAll('input'))
	input.oninput = () => input.setCustomValidity('');

$('enter').onsubmit = e => {
	e.preventDefault();
	const where = fits($('to'), 32);

	name = fits($('as'), 32);
	if (where && name)
		enter(where);
};

$('say').onsubmit = e => {
	const text = fits($('text'), 1000);

	e.preventDefault();
	if (text === '')
		return;
	$('text').value = '';
	unheard.set(++said, { text, room, since: Date.now() });
	if (link)
		link.send(say(said, text));
};

if (options.get('name')) {
	name = options.get('name');
	enter(options.get('room') || 'lobby');
}
