# Prints what a GoIP hands over and acknowledges none of it.
# usage: net_smpp_receive.pl host port system_id password
use strict;
use warnings;
use Encode qw(decode);
use JSON::PP;
use Net::SMPP;

my ($host, $port, $system_id, $password) = @ARGV;
$| = 1;

sub say { print JSON::PP->new->canonical->ascii->encode({@_}), "\n" }

my ($smpp, $bound) = Net::SMPP->new_receiver(
    $host, port => $port, system_id => $system_id, password => $password)
    or die "no connection: $!";
say(is => 'bound', status => $bound->{status}, system_id => $bound->{system_id});

while (my $pdu = $smpp->read_pdu()) {
    next unless $pdu->{cmd} == Net::SMPP::CMD_deliver_sm;
    my $octets = $pdu->{short_message};
    $octets = $pdu->{message_payload} if $octets eq '' and defined $pdu->{message_payload};
    say(is => 'message', from => $pdu->{source_addr}, to => $pdu->{destination_addr},
        data_coding => $pdu->{data_coding},
        text => decode($pdu->{data_coding} == 8 ? 'UTF-16BE' : 'ISO-8859-1', $octets));
}
