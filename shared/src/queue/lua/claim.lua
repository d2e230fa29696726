-- Rescues what lapsed, readies what is due, and hands out jobs.
-- ARGV: how many, token, lease, crashes, code and reason of those that crash, dead letters kept, patience of the
-- classes 1 to 3
-- Answers {microseconds to the next due job or -1, whether more waits, how many leases had run out, job...}, each job as
-- {id, body, deliveries, attempts, lapses, errors, microseconds waited}.

local limit, token, lease = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local crashes, crashed, reason, kept = tonumber(ARGV[4]), ARGV[5], ARGV[6], tonumber(ARGV[7])
local patience = { tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10]) }

local lapsed = 0
heartbeat(lease)
if now >= tonumber(call('HGET', CLOCK, 'grace') or 0) then
  for _, id in ipairs(call('ZRANGE', LEASES, '-inf', now, 'BYSCORE', 'LIMIT', 0, SWEEP)) do
    lapsed = lapsed + 1
    if call('EXISTS', job(id)) == 0 then
      call('ZREM', LEASES, id)
    elseif call('HINCRBY', job(id), 'lapses', 1) >= crashes then
      bury(id, crashed, reason, kept)
    else
      give_back(id)
    end
  end
end

local due = call('ZRANGE', DUE, '-inf', now, 'BYSCORE', 'LIMIT', 0, SWEEP, 'WITHSCORES')
for i = 1, #due, 2 do
  local id = due[i]
  call('ZREM', DUE, id)
  local fields = call('HMGET', job(id), 'class', 'owner', 'stride')
  if fields[1] then
    ready(id, tonumber(fields[1]), fields[2], tonumber(fields[3]), tonumber(due[i + 1]))
  end
end

local clock = call('HMGET', CLOCK, 'now0', 'now1', 'now2', 'now3', 'passed1', 'passed2', 'passed3')
local count, tags, passed, served = {}, {}, {}, {}
for class = 0, 3 do
  count[class] = call('ZCARD', WAIT[class])
  tags[class] = tonumber(clock[class + 1] or 0)
  passed[class] = tonumber(class > 0 and clock[class + 4] or 0)
end

local function choose()
  for class = 3, 1, -1 do
    if count[class] > 0 and passed[class] >= patience[class] then
      return class
    end
  end
  for class = 0, 3 do
    if count[class] > 0 then
      return class
    end
  end
end

local function recount()
  for class = 0, 3 do
    count[class] = call('ZCARD', WAIT[class])
  end
end

-- The cap that keeps a job from starting now, if any.
local function full_cap(caps)
  for most, cap in each_cap(caps) do
    if tonumber(call('HGET', SLOTS, cap) or 0) >= tonumber(most) then
      return cap
    end
  end
end

local taken, looked_at = {}, 0
while #taken < limit and looked_at < limit + SWEEP do
  local class = choose()
  if not class then
    break
  end
  looked_at = looked_at + 1
  local popped = call('ZPOPMIN', WAIT[class])
  local id, tag = popped[1], tonumber(popped[2])
  count[class] = count[class] - 1
  served[class] = true
  local fields = call('HMGET', job(id), 'body', 'deliveries', 'attempts', 'lapses', 'errors', 'key', 'caps', 'via')
  local full = full_cap(fields[7])
  if full then
    hold(id, class, tag, full)
    if fields[8] and fields[8] ~= full and unhold(fields[8]) then
      recount()
    end
  elseif not fields[1] then
    call('ZREM', SINCE, id)
  else
    tags[class] = math.max(tags[class], tag)
    passed[class] = 0
    for lower = class + 1, 3 do
      if count[lower] > 0 then
        passed[lower] = passed[lower] + 1
      end
    end
    for most, cap in each_cap(fields[7]) do
      if call('HINCRBY', SLOTS, cap, 1) < tonumber(most) and unhold(cap) then
        recount()
      end
    end
    local since = call('ZSCORE', SINCE, id)
    call('ZREM', SINCE, id)
    local deliveries = tonumber(fields[2] or 0) + 1
    if fields[8] then
      call('HDEL', job(id), 'via')
    end
    call('HSET', job(id), 'deliveries', deliveries, 'lease', token, 'tag', tag)
    call('ZADD', LEASES, now + lease, id)
    if fields[6] and fields[6] ~= '' then
      call('HDEL', KEY, fields[6])
    end
    taken[#taken + 1] = {
      id, fields[1], deliveries, tonumber(fields[3] or 0), tonumber(fields[4] or 0), fields[5] or '',
      now - tonumber(since or now),
    }
  end
end

for class = 0, 3 do
  if count[class] == 0 and held_count(class) == 0 then
    if served[class] then
      tidy(class)
    end
  else
    if served[class] then
      call('HSET', CLOCK, 'now' .. class, tags[class])
      -- Owners whose next tag has been reached have no past either; each job adds at most one.
      local past = call('ZRANGE', OWNERS[class], '-inf', tags[class], 'BYSCORE', 'LIMIT', 0, 2 * limit)
      if #past > 0 then
        call('ZREM', OWNERS[class], unpack(past))
      end
    end
    if class > 0 and #taken > 0 then
      call('HSET', CLOCK, 'passed' .. class, passed[class])
    end
  end
end

if #taken > 0 then
  begin_work(#taken)
  local _, left = starts_per_s()
  call('HSET', CLOCK, 'rate', string.format('%.6f', left + #taken), 'rate_at', now)
end

local next_due = -1
local first = call('ZRANGE', DUE, 0, 0, 'WITHSCORES')
if first[1] then
  next_due = math.max(0, tonumber(first[2]) - now)
end
local more = count[0] + count[1] + count[2] + count[3]
if changed and more > 0 then
  ring()
end
local answer = { next_due, more > 0 and 1 or 0, lapsed }
for i, one in ipairs(taken) do
  answer[i + 3] = one
end
return answer
