# Sends one SMS through a GoIP as the field does: data_coding 1, source 5/1, no receipt wanted.
# usage: net_smpp_send.pl host port system_id password recipient text
use strict;
use warnings;
use JSON::PP;
use Net::SMPP;

my ($host, $port, $system_id, $password, $recipient, $text) = @ARGV;
$| = 1;

sub say { print JSON::PP->new->canonical->encode({@_}), "\n" }

my ($smpp, $bound) = Net::SMPP->new_transmitter(
    $host, port => $port, system_id => $system_id, password => $password)
    or die "no connection: $!";
say(is => 'bound', status => $bound->{status}, system_id => $bound->{system_id});

my $answer = $smpp->submit_sm(
    source_addr_ton => 5, source_addr_npi => 1, source_addr => $system_id,
    dest_addr_ton => 1, dest_addr_npi => 1, destination_addr => $recipient,
    data_coding => 1, registered_delivery => 0, short_message => $text)
    or die "no answer to submit_sm";
say(is => 'submitted', status => $answer->{status}, message_id => $answer->{message_id});

my $end = $smpp->unbind();
say(is => 'unbound', status => $end->{status});
