-- Appends an event under an id of the server's and tells those who follow.
-- KEYS[1] the log; ARGV: name and data, channel, length of the log, its life in ms
local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'e', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', ARGV[2], id .. ' ' .. ARGV[1])
return id
