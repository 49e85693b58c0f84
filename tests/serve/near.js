// tests/serve/near.js - given to a foreign server by `node --require`: it listens on this machine only, and says where.
'use strict';
const net = require('net');
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...more) {
	this.once('listening', () => console.log('listening: ' + this.address().port));
	return listen.call(this, { port: Number(port), host: process.env.NEAR_HOST || '127.0.0.1' }, more.find((one) => typeof one === 'function'));
};
