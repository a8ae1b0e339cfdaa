// SPDX-License-Identifier: BSD-2-Clause
// Node's messages, process.send() between a parent and a child it forked, with
// 64 bytes of text in each.
//
//	node messages.js oneway|trip COUNT
//
// oneway: from the child to the parent, as fast as it can: CPU of both in ns a
// message, and messages/s. trip: a question and its answer, which are found to
// belong together by a number, as libcadre does it; one at a time: us a trip.
'use strict';
const { fork } = require('child_process');

const BATCH = 100;		// then the loop turns, and what waits is written
const text = 'x'.repeat(64);
const [part, count] = [process.argv[2], Number(process.argv[3])];

const cpuNs = () => {
	const used = process.cpuUsage();

	return (used.user + used.system) * 1000;
};

function tell() {
	const before = cpuNs();
	let told = 0;
	const turn = () => {
		for (let i = 0; i < BATCH && told < count; i++, told++)
			process.send(text);
		if (told < count)
			setImmediate(turn);
		else
			process.send({ cpu: cpuNs() - before },
			    () => process.disconnect());
	};

	turn();
}

const pending = new Map();
let questions = 0;

function ask(child, then) {
	pending.set(++questions, then);
	child.send({ id: questions, text });
}

function askAll(child) {
	const start = process.hrtime.bigint();
	const next = (answer) => {
		if (answer && answer.length !== text.length)
			throw new Error('not that answer');
		if (questions < count)
			return ask(child, next);

		const ns = Number(process.hrtime.bigint() - start);

		console.log((ns / count / 1e3).toFixed(3));
		child.disconnect();
	};

	next();
}

function hearAll(child) {
	const before = cpuNs(), start = process.hrtime.bigint();
	let got = 0;

	child.on('message', (m) => {
		if (m === text && ++got)
			return;

		const ns = Number(process.hrtime.bigint() - start);

		if (got !== count)
			throw new Error(`${got} of ${count} came`);
		console.log(((m.cpu + cpuNs() - before) / count).toFixed(1),
		    (count / ns * 1e9).toFixed(0));
	});
	child.send('go');
}

function lead() {
	const child = fork(__filename, process.argv.slice(2));

	child.once('message', () => {
		if (part === 'oneway')
			return hearAll(child);
		child.on('message', (m) => {
			const then = pending.get(m.id);

			pending.delete(m.id);
			then(m.text);
		});
		askAll(child);
	});
}

if (process.send) {
	process.on('message', (m) => {
		if (part === 'trip')
			process.send(m);
		else
			tell();
	});
	process.send('ready');
} else {
	lead();
}
