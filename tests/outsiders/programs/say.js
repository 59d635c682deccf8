// One JSON object a line, for the test that listens.
module.exports = (is, facts) => process.stdout.write(JSON.stringify({is, ...facts}) + '\n');
