// SPDX-License-Identifier: BSD-2-Clause
// Node's cluster module: WORKERS that answer "pid P" on a port of loopback.
//
//	node cluster.js rr|none PORT WORKERS READY_FILE
//
// rr: the primary accepts and hands over in turn; none: workers accept from
// one shared socket. /burn?ms=N computes for so long before it answers.
// READY_FILE is there as soon as all workers listen.
'use strict';
const cluster = require('cluster');
const fs = require('fs');
const http = require('http');

const [policy, port, workers, readyFile] = process.argv.slice(2);

function burn(ms) {
	const end = process.hrtime.bigint() + BigInt(ms) * 1000000n;

	while (process.hrtime.bigint() < end)
		;
}

function work() {
	const body = `pid ${process.pid}\n`;

	http.createServer((request, response) => {
		const ms = /^\/burn\?ms=(\d{1,5})$/.exec(request.url);

		if (ms)
			burn(ms[1]);
		response.writeHead(200, { 'Content-Length': body.length });
		response.end(body);
	}).listen({ host: '127.0.0.1', port: Number(port), backlog: 511 });
}

function lead() {
	let listening = 0;

	cluster.schedulingPolicy =
	    policy === 'rr' ? cluster.SCHED_RR : cluster.SCHED_NONE;
	cluster.on('listening', () => {
		if (++listening === Number(workers))
			fs.writeFileSync(readyFile, '');
	});
	// Ours end when their channel does: a death of the primary is enough.
	cluster.on('exit', (worker, code, signal) => {
		console.error(`pid ${worker.process.pid} ended: ${signal || code}`);
		process.exit(1);
	});
	for (let i = 0; i < Number(workers); i++)
		cluster.fork();
}

if (cluster.isPrimary)
	lead();
else
	work();
