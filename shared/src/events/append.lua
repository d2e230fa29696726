-- Appends an event under its own id and tells those who follow, both or neither.
-- KEYS[1] the log; ARGV: id, name and data, channel, length of the log, whether it may begin one (1), a new life for the
-- log in ms or 0, the id before it
-- Answers 1 appended, or the same event was there already; 0 refused; -1 what should come before it is not there.
local function parts(id)
  local attempt, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(attempt), tonumber(seq)
end

local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last and last[1] ~= ARGV[7] then
  local attempt, seq = parts(ARGV[1])
  local last_attempt, last_seq = parts(last[1])
  if last_attempt > attempt or (last_attempt == attempt and last_seq >= seq) then
    local same = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
    if same and same[2][2] == ARGV[2] and last_attempt == attempt then
      return 1
    end
    return 0
  end
end
-- A server that took over may miss the last events of the one before it.
if ARGV[5] ~= '1' and (not last or last[1] ~= ARGV[7]) then
  return -1
end
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[4], ARGV[1], 'e', ARGV[2])
if ARGV[6] ~= '0' then
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
end
redis.call('PUBLISH', ARGV[3], ARGV[1] .. ' ' .. ARGV[2])
return 1
