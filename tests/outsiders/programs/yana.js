// Prints what a TG tells, dials a USSD code and sends one SMS.
// usage: yana.js host port user password span code recipient text id
const util = require('util');
util.isArray ??= Array.isArray; // yana is older than the newest Node.js
const AMI = require('yana');
const say = require('./say');
const [host, port, login, password, span, code, recipient, text, id] = process.argv.slice(2);

const ami = new AMI({host, port: Number(port), login, password, events: 'on', reconnect: false});
ami.on('error', message => say('error', {message}));
ami.on('ReceivedSMS', event => say('message', {sender: event.Sender, content: event.Content, span: event.GsmSpan}));
ami.on('UpdateSMSSend', event => say('result', {id: event.ID, status: event.Status}));
ami.connect(() => {
  say('bound');
  const command = (words, then) => ami.send({Action: 'smscommand', Command: words}, then);
  command(`gsm send ussd ${span} "${code}"`, answer => {
    say('ussd', {response: answer.Response, lines: answer.CMD});
    command(`gsm send sms ${span} ${recipient} "${text}" ${id}`, sent => say('taken', {response: sent.Response}));
  });
});
process.on('SIGTERM', () => ami.disconnect(() => process.exit(0)));
