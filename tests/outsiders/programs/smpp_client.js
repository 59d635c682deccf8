// A transceiver: prints what comes, and sends one SMS for each further argument.
// usage: smpp_client.js host port system_id password recipient [text...]
const smpp = require('smpp');
const say = require('./say');
const [host, port, system_id, password, recipient, ...texts] = process.argv.slice(2);

const body = pdu => pdu.short_message.message || pdu.message_payload?.message || pdu.message_payload;
const session = smpp.connect({host, port: Number(port)});
session.on('error', error => say('error', {message: error.message}));
session.on('close', () => say('closed'));
session.on('deliver_sm', pdu => {
  const {source_addr: from, destination_addr: to, data_coding, esm_class} = pdu;
  say('message', {from, to, data_coding, esm_class, text: body(pdu)});
  session.send(pdu.response());
});

const submit = text => {
  // More than one SMS goes whole into message_payload: a GoIP knows no other way.
  const place = text.length > 70 ? {message_payload: text} : {short_message: text};
  session.submit_sm({
    source_addr: 'home', source_addr_ton: 5, source_addr_npi: 1,
    destination_addr: recipient, dest_addr_ton: 1, dest_addr_npi: 1,
    data_coding: 8, registered_delivery: 1, ...place,
  }, answer => say('submitted', {status: answer.command_status, message_id: answer.message_id}));
};

// The package's own version is 5.0, which a GoIP does not take.
session.bind_transceiver({system_id, password, interface_version: 0x34}, answer => {
  say('bound', {status: answer.command_status, system_id: answer.system_id});
  if (answer.command_status) return session.close();
  texts.forEach(submit);
});

process.on('SIGTERM', () => session.unbind(() => process.exit(0)));
