// SPDX-License-Identifier: BSD-2-Clause
// Node's messages, process.send() between a parent and a child it forked, with
// 64 bytes of text in each.
//
//	node messages.js oneway|trip COUNT
//
// oneway: from the child to the parent, as fast as it can: CPU of both in ns a
// message, and messages/s. trip: there and back, one at a time: us a trip.
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

function lead() {
	const child = fork(__filename, process.argv.slice(2));
	let got = 0, before, start;

	child.on('message', (m) => {
		if (m === 'ready') {
			before = cpuNs();
			start = process.hrtime.bigint();
			child.send('go');
		} else if (m.cpu !== undefined) {
			const ns = Number(process.hrtime.bigint() - start);

			if (got !== count)
				throw new Error(`${got} of ${count} came`);
			console.log(((m.cpu + cpuNs() - before) / count)
			    .toFixed(1), (count / ns * 1e9).toFixed(0));
		} else if (++got < count && part === 'trip') {
			child.send(text);
		} else if (part === 'trip') {
			const ns = Number(process.hrtime.bigint() - start);

			console.log((ns / count / 1e3).toFixed(3));
			child.disconnect();
		}
	});
}

if (process.send) {
	process.on('message', (m) => {
		if (part === 'trip')
			process.send(text);
		else
			tell();
	});
	process.send('ready');
} else {
	lead();
}
