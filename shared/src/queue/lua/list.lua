-- Lists jobs for people: dead ones newest first, all others oldest first.
-- ARGV: state ('waiting', 'scheduled', 'running' or 'dead'), how many (bounded by the caller), score and id of the last one
-- that is known (0 and '' at the beginning); or 'one' and the id of a dead letter.
-- Answers for each {id, body, score, deliveries, attempts, lapses, errors, held, code, reason}.

local answer = {}

local function add(id, score)
  local f = call('HMGET', job(id), 'body', 'deliveries', 'attempts', 'lapses', 'errors', 'held', 'code', 'reason')
  if f[1] then
    answer[#answer + 1] = {
      id, f[1], tonumber(score), tonumber(f[2] or 0), tonumber(f[3] or 0), tonumber(f[4] or 0), f[5] or '',
      f[6] or '', f[7] or '', f[8] or '',
    }
  end
end

if ARGV[1] == 'one' then
  local died = call('ZSCORE', DEAD, ARGV[2])
  if died then
    add(ARGV[2], died)
  end
  return answer
end

local list = ({ waiting = SINCE, scheduled = DUE, running = LEASES, dead = DEAD })[ARGV[1]]
local limit, score, last = tonumber(ARGV[2]), ARGV[3], ARGV[4]
local newest_first = ARGV[1] == 'dead'
local start = 0
if last ~= '' then
  local rank = call(newest_first and 'ZREVRANK' or 'ZRANK', list, last)
  if rank then
    start = rank + 1
  elseif newest_first then
    -- It has gone meanwhile: go on where it stood.
    start = call('ZCOUNT', list, '(' .. score, '+inf')
  else
    start = call('ZCOUNT', list, '-inf', '(' .. score)
  end
end
local found = call(newest_first and 'ZREVRANGE' or 'ZRANGE', list, start, start + limit - 1, 'WITHSCORES')
for i = 1, #found, 2 do
  add(found[i], found[i + 1])
end
return answer
