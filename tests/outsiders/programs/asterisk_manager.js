// Prints what a TG tells, and sends one SMS.
// usage: asterisk_manager.js host port user password span recipient text id
const AsteriskManager = require('asterisk-manager');
const say = require('./say');
const [host, port, user, password, span, recipient, text, id] = process.argv.slice(2);

const ami = new AsteriskManager(Number(port), host, user, password, true);
ami.on('receivedsms', ({sender, content, gsmspan}) => say('message', {sender, content, span: gsmspan}));
ami.on('updatesmssend', event => say('result', {id: event.id, status: event.status}));
ami.on('error', error => say('error', {message: String(error)}));
ami.on('response', ({response, message}) => message && say('login', {response, message}));
// Held back by the package until the login is taken.
ami.action({action: 'smscommand', command: `gsm send sms ${span} ${recipient} "${text}" ${id}`},
  (error, answer) => say('taken', {error, response: answer.response, content: answer.content}));
