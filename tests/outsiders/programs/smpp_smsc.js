// An SMSC: takes every login, hands over three messages, prints and takes what is sent.
// usage: smpp_smsc.js
const smpp = require('smpp');
const say = require('./say');

const MESSAGES = [
  {data_coding: 8, short_message: 'Привет 🎉'},
  {data_coding: 0, short_message: 'plain'},
  {data_coding: 8, message_payload: 'долгий '.repeat(20)},
];

const server = smpp.createServer(session => {
  session.on('error', error => say('error', {message: error.message}));
  session.on('bind_transceiver', pdu => {
    const {system_id, password, interface_version} = pdu;
    say('bound', {system_id, password, interface_version});
    session.send(pdu.response({system_id: 'GoIP'}));
    for (const message of MESSAGES)
      session.deliver_sm({source_addr: '+7999', destination_addr: system_id, ...message},
        answer => say('acknowledged', {status: answer.command_status}));
  });
  session.on('enquire_link', pdu => session.send(pdu.response()));
  session.on('submit_sm', pdu => {
    const {source_addr, source_addr_ton, source_addr_npi, registered_delivery} = pdu;
    const {destination_addr, dest_addr_ton, dest_addr_npi, data_coding, esm_class} = pdu;
    say('submit', {
      source_addr, source_addr_ton, source_addr_npi, registered_delivery,
      destination_addr, dest_addr_ton, dest_addr_npi, data_coding, esm_class,
      short_message: pdu.short_message.message, message_payload: pdu.message_payload,
    });
    session.send(pdu.response({message_id: '7'}));
    session.deliver_sm({
      source_addr: destination_addr, destination_addr: source_addr, esm_class: 4, data_coding: 0,
      short_message: 'id:7 sub:1 dlvrd:1 submit date:2611231336 done date:2611231336 stat:DELIVRD err:0 Text:',
    });
  });
  session.on('unbind', pdu => { say('unbound'); session.send(pdu.response()); session.close(); });
});
server.listen(0, '127.0.0.1', () => say('listening', {port: server.address().port}));
