// SPDX-License-Identifier: BSD-2-Clause
// A server for PM2's cluster mode that answers "pid P" on PORT of loopback. It
// says when it is ready, and when told to end it closes its listener, ends idle
// connections, and leaves when the last is over, as PM2's manual asks for.
//
//	PORT=… pm2 start pm2.js -i WORKERS --wait-ready
'use strict';
const http = require('http');

const body = `pid ${process.pid}\n`;
const server = http.createServer((request, response) => {
	const last = ending ? { Connection: 'close' } : {};

	response.writeHead(200, { 'Content-Length': body.length, ...last });
	response.end(body);
});
let ending = false;

process.on('SIGINT', () => {
	ending = true;
	server.close(() => process.exit(0));
});
server.listen({ host: '127.0.0.1', port: Number(process.env.PORT),
	backlog: 511 }, () => process.send('ready'));
