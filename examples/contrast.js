#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// contrast.js: the messages of contrast.c by Node's own means, process.send()
// of a forked child to its parent; there is no region to look at. The same
// options, the same two lines at the end. `cadre contrast` runs it.
//
//	contrast.js [-i WORKERS] [-n UPDATES] [-r RATE] [-e EVENT] [-d MS] change
'use strict';
const { fork } = require('child_process');
const fs = require('fs');

const LOOK_MS = 10, AWAY_AFTER = 20, FRESH_MS = 50, BURST = 5000, BATCH = 100;
const SILENT_MS = 300;		// before they begin: what a look costs
const plan = { i: 2, n: 1000, r: 1000, e: 'none', d: 2000 };

// A worker's first word is its seat.
for (let a = process.send ? 3 : 2; a < process.argv.length - 1; a += 2) {
	const letter = process.argv[a].slice(1), value = process.argv[a + 1];

	plan[letter] = letter === 'e' ? value : Number(value);
}

const now = () => Number(process.hrtime.bigint());
const busy = (ms) => {
	for (const end = now() + ms * 1e6; now() < end;)
		;
};
const cpu = (since) => {
	const used = process.cpuUsage(since);

	return since ? (used.user + used.system) * 1000 : used;
};

// What a tracer counts stands between process.ppid and getuid().
const begin = () => (process.ppid, cpu());
const end = (since) => {
	const used = cpu(since);

	process.getuid();
	return used;
};

function work() {
	let told = 0, spent = 0, start, since, misbehaved = process.argv[2] !== '0';
	const tell = () => {
		told++;
		process.send({
			stampNs: now(), requests: told,
			errors: Math.floor(told / 100), inFlight: told % 8,
			latencyNs: 1000 + told % 512,
		});
	};
	const misbehave = () => {
		misbehaved = true;
		if (plan.e === 'loop')
			busy(plan.d);
		if (plan.e !== 'kill')
			return;
		for (let k = 0; k < BURST; k++)
			tell();
		fs.writeSync(1, `truth counted ${told}\n`);
		process.kill(process.pid, 'SIGKILL');
	};
	const finish = () => {
		if (plan.r === 0)
			spent = cpu(since);
		process.send({ updates: told, cpuNs: spent },
		    () => process.disconnect());
	};
	const turn = () => {
		const due = plan.r === 0 ? told + BATCH :
		    1 + Math.floor((now() - start) / 1e9 * plan.r);
		const before = begin();

		while (told < Math.min(due, plan.n))
			tell();
		spent += end(before);
		if (!misbehaved && told >= plan.n / 2)
			misbehave();
		if (told >= plan.n)
			finish();
		else if (plan.r === 0)
			setImmediate(turn);
		else
			setTimeout(turn, Math.max(1, Math.ceil(
			    told * 1e3 / plan.r - (now() - start) / 1e6)));
	};

	process.once('message', () => {
		since = cpu();
		start = now();
		turn();
	});
	process.send({ ready: true });
}

const face = { age: [], noticed: [], looks: 0, seen: 0, oldest: 0, backAt: 0,
    backAge: 0, fresh: 0 };
const known = [], requests = [], ended = new Set(), children = [];
let ready = 0, timer, updates = 0, workersCpu = 0, began, since, silent;

// What was known at that moment: a loop that wakes for a message looks after it,
// however long a look was due, and would always find things fresh.
function stampAt(told, at) {
	while (told.length > 1 && told[1].at <= at)
		told.shift();
	return told.length > 0 && told[0].at <= at ? told[0].stamp : 0;
}

function lookAt(at) {
	let most = 0;

	for (const told of known) {
		const stamp = told ? stampAt(told, at) : 0;

		if (!stamp)
			continue;
		face.age.push(at - stamp);
		most = Math.max(most, at - stamp);
	}
	face.oldest = Math.max(face.oldest, most);
	if (face.backAt && !face.backAge)
		face.backAge = most;
	if (face.backAt && !face.fresh && most < FRESH_MS * 1e6)
		face.fresh = at - face.backAt;
	if (most && ++face.looks === AWAY_AFTER && plan.e === 'slow') {
		busy(plan.d);
		face.backAt = now();
		lookAt(now());
	}
}

function look(due) {
	if (due)
		lookAt(due);

	const next = now() + LOOK_MS * (0.5 + Math.random()) * 1e6;

	timer = setTimeout(() => look(next), (next - now()) / 1e6);
}

function report() {
	// Its looks cost something too: what they did while nobody told.
	const spent = end(since) - silent * (now() - began) / (SILENT_MS * 1e6);
	const part = (values, p) => values.sort((a, b) => a - b)[
	    Math.floor((values.length - 1) * p / 100)] || 0;
	const figures = {
		looks: face.looks, seen: face.seen,
		cpu_ns: Math.max(0, spent),
		age_p50_ns: part(face.age, 50), age_p99_ns: part(face.age, 99),
		noticed_p50_ns: part(face.noticed, 50),
		noticed_p99_ns: part(face.noticed, 99),
		oldest_ns: face.oldest, stuck_ns: 0, back_age_ns: face.backAge,
		fresh_ns: face.fresh, known: requests[0] || 0, counted: 0,
	};

	console.log(`tells updates ${updates} refused 0 facts 0 cpu_ns ${
	    Math.round(workersCpu)}`);
	console.log('knows ' + Object.entries(figures).map(([name, v]) =>
	    `${name} ${Math.round(v)}`).join(' '));
}

function over(seat) {
	known[seat] = undefined;
	if (ended.has(seat) || ended.add(seat).size < plan.i)
		return;
	clearTimeout(timer);
	report();
}

function onMessage(seat, m) {
	if (m.stampNs !== undefined) {
		face.noticed.push(now() - m.stampNs);
		face.seen++;
		(known[seat] ||= []).push({ at: now(), stamp: m.stampNs });
		requests[seat] = m.requests;
	} else if (m.updates !== undefined) {
		updates += m.updates;
		workersCpu += m.cpuNs;
		over(seat);
	} else if (++ready === plan.i) {
		const before = cpu();

		setTimeout(() => {
			silent = cpu(before);
			since = begin();
			began = now();
			children.forEach((child) => child.send('go'));
		}, SILENT_MS);
	}
}

if (process.send) {
	work();
} else {
	look(0);
	for (let seat = 0; seat < plan.i; seat++) {
		const child = fork(__filename, [String(seat),
		    ...process.argv.slice(2)]);

		children.push(child);
		child.on('message', (m) => onMessage(seat, m));
		child.on('exit', () => over(seat));
	}
}
