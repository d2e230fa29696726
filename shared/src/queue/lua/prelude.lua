-- Shared by all scripts of the queue; put in front of each.
--
-- KEYS[1] is what the names of all keys of a pool begin with. It holds their hash tag, so in a cluster they lie together.
--   job:<id>       hash: body (the envelope, never looked into here), class (0..3), owner, key, stride, caps (lines of
--                  "limit key"); deliveries, attempts, lapses, errors; tag (the place it had) and lease (the token) once
--                  it has started; held (the cap that it waits for), via (the cap whose free slot let it back into
--                  line); code, reason, died (of a dead letter)
--   wait:<class>   zset of ready jobs by tag       owners:<class>  zset of owners by the least tag of their next job
--   since          zset of ready jobs by the time they became ready
--   due            zset of jobs for later by time  leases          zset of running jobs by the end of their lease
--   dead           zset of dead letters by time    keys            hash from key to the waiting job
--   slots          hash from cap to how many of its jobs run
--   held:<class>:<cap>  zset of ready jobs that wait for a slot of a cap, by tag
--   clock          hash: now<class> (tag of the last start), passed<class> (starts that it was passed over),
--                  held<class> (jobs that wait for a cap), rate, rate_at (starts, decaying), ends, ends_at (the same of
--                  ends), busy (since when jobs run without a pause), beat, grace (see heartbeat)
-- The channel `bell` rings when there is something to look at.
--
-- Times are microseconds of the server's clock, so no worker's clock matters. No script looks at more than a bounded
-- number of jobs.

local P = KEYS[1]
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000000 + time[2]

local SWEEP = 200
local RATE_WINDOW = 10 * 1000000

local WAIT, OWNERS = {}, {}
for class = 0, 3 do
  WAIT[class] = P .. 'wait:' .. class
  OWNERS[class] = P .. 'owners:' .. class
end
local SINCE, DUE, LEASES, DEAD = P .. 'since', P .. 'due', P .. 'leases', P .. 'dead'
local KEY, CLOCK, SLOTS = P .. 'keys', P .. 'clock', P .. 'slots'

-- Whether there is something new to look at for workers other than the caller.
local changed = false

-- Leases that this script has ended.
local ended = 0

local function job(id)
  return P .. 'job:' .. id
end

local function held(class, cap)
  return P .. 'held:' .. class .. ':' .. cap
end

local function ring()
  call('PUBLISH', P .. 'bell', '')
end

local function held_count(class)
  return tonumber(call('HGET', CLOCK, 'held' .. class) or 0)
end

-- Without anybody in line there is no past to remember.
local function tidy(class)
  if call('EXISTS', WAIT[class]) == 0 and held_count(class) == 0 then
    call('DEL', OWNERS[class])
    call('HDEL', CLOCK, 'now' .. class, 'passed' .. class, 'held' .. class)
  end
end

local function each_cap(caps)
  return string.gmatch(caps or '', '(%d+) ([^\n]+)')
end

-- Puts a job out of the line until a slot of `cap` is free.
local function hold(id, class, tag, cap)
  call('ZADD', held(class, cap), tag, id)
  call('HSET', job(id), 'held', cap)
  call('HDEL', job(id), 'via')
  call('HINCRBY', CLOCK, 'held' .. class, 1)
end

-- Lets the first job of each class that waits for `cap` back into its place: whose turn it is, the line knows. While the
-- cap has a free slot and jobs wait for it, one of them is on its way so; if it can't take the slot it passes it on.
local function unhold(cap)
  local found = false
  for class = 0, 3 do
    local first = call('ZPOPMIN', held(class, cap))
    if first[1] then
      call('HDEL', job(first[1]), 'held')
      call('HSET', job(first[1]), 'via', cap)
      call('HINCRBY', CLOCK, 'held' .. class, -1)
      call('ZADD', WAIT[class], first[2], first[1])
      found = true
    end
  end
  changed = changed or found
  return found
end

-- Ends the lease of a job and frees its slots. The one way by which a lease ends.
local function unlease(id)
  if call('ZREM', LEASES, id) == 0 then
    return
  end
  ended = ended + 1
  call('HDEL', job(id), 'lease')
  for _, cap in each_cap(call('HGET', job(id), 'caps')) do
    if call('HINCRBY', SLOTS, cap, -1) <= 0 then
      call('HDEL', SLOTS, cap)
    end
    unhold(cap)
  end
end

-- Forgets a job that waits.
local function forget(id)
  local fields = call('HMGET', job(id), 'class', 'held', 'via')
  call('ZREM', SINCE, id)
  call('ZREM', DUE, id)
  call('DEL', job(id))
  if not fields[1] then
    return
  end
  local class = tonumber(fields[1])
  if fields[2] then
    call('ZREM', held(class, fields[2]), id)
    call('HINCRBY', CLOCK, 'held' .. class, -1)
  else
    call('ZREM', WAIT[class], id)
  end
  if fields[3] then
    unhold(fields[3])
  end
  tidy(class)
end

-- A job that waits again takes its key back; one that came meanwhile has nothing to add, and no history.
local function take_key(id, key)
  if key and key ~= '' then
    local other = call('HGET', KEY, key)
    if other and other ~= id then
      forget(other)
    end
    call('HSET', KEY, key, id)
  end
end

-- Puts a job at the end of its owner's turns (start-time fair queueing).
local function ready(id, class, owner, stride, since)
  local tag = tonumber(call('HGET', CLOCK, 'now' .. class) or 0)
  local last = call('ZSCORE', OWNERS[class], owner)
  if last and tonumber(last) > tag then
    tag = tonumber(last)
  end
  call('ZADD', OWNERS[class], tag + stride, owner)
  call('ZADD', WAIT[class], tag, id)
  call('ZADD', SINCE, since, id)
end

-- Ends the lease of a job and puts it back to the place it had: it was not its owner's fault that it did not run.
local function give_back(id)
  unlease(id)
  local fields = call('HMGET', job(id), 'class', 'tag', 'key')
  if not fields[1] then
    return
  end
  take_key(id, fields[3])
  local class = tonumber(fields[1])
  local tag = math.min(tonumber(fields[2] or 0), tonumber(call('HGET', CLOCK, 'now' .. class) or 0))
  call('ZADD', WAIT[class], tag, id)
  call('ZADD', SINCE, now, id)
  changed = true
end

-- Ends the lease of a job that runs again after a while.
local function again(id, delay)
  unlease(id)
  local fields = call('HMGET', job(id), 'class', 'owner', 'stride', 'key')
  take_key(id, fields[4])
  if delay > 0 then
    call('ZADD', DUE, now + delay, id)
  else
    ready(id, tonumber(fields[1]), fields[2], tonumber(fields[3]), now)
  end
  -- Also for what is not ready yet: workers then know when to look again.
  changed = true
end

-- Puts a job aside for good, and throws away the oldest beyond `kept`.
local function bury(id, code, reason, kept)
  unlease(id)
  call('HSET', job(id), 'code', code, 'reason', reason, 'died', now)
  call('ZADD', DEAD, now, id)
  for _ = 1, SWEEP do
    if call('ZCARD', DEAD) <= kept then
      break
    end
    call('DEL', job(call('ZPOPMIN', DEAD)[1]))
  end
end

-- If everybody stood still (the server, or all workers), leases ran out that their holders could not renew: they get a
-- moment to do so before anything is taken away.
local function heartbeat(lease)
  if now - tonumber(call('HGET', CLOCK, 'beat') or 0) > lease / 2 then
    call('HSET', CLOCK, 'grace', now + lease / 5)
  end
  call('HSET', CLOCK, 'beat', now)
end

-- Whether `token` holds the job: 1 yes, 0 no (it lapsed), 2 nobody knows the job.
local function standing(id, token)
  local lease = call('HGET', job(id), 'lease')
  if lease == token then
    return 1
  elseif lease or call('EXISTS', job(id)) == 1 then
    return 0
  end
  return 2
end

-- Jobs started per second, as a string: the protocol has no fractions.
local function starts_per_s()
  local rate = call('HMGET', CLOCK, 'rate', 'rate_at')
  if not rate[1] then
    return '0', 0
  end
  local left = tonumber(rate[1]) * math.exp(-(now - tonumber(rate[2])) / RATE_WINDOW)
  return string.format('%.6f', left / RATE_WINDOW * 1000000), left
end

-- What is left of a count that decays, `then_at` being when it was written.
local function decayed(count, then_at)
  return tonumber(count or 0) * math.exp(-(now - tonumber(then_at or now)) / RATE_WINDOW)
end

-- To be called after `started` jobs were leased: notes when a pool that stood still begins to work.
local function begin_work(started)
  if call('ZCARD', LEASES) == started then
    call('HSET', CLOCK, 'busy', now)
    call('HDEL', CLOCK, 'ends', 'ends_at')
  end
end

-- To be called at the end of a script that settles jobs.
local function count_ends()
  if ended > 0 then
    local was = call('HMGET', CLOCK, 'ends', 'ends_at')
    call('HSET', CLOCK, 'ends', string.format('%.6f', decayed(was[1], was[2]) + ended), 'ends_at', now)
  end
end

-- Jobs ended per second, as a string. A mean over the window, or over the time since the pool began to work if that is
-- less: so the first ends say how quickly it goes on.
local function ends_per_s()
  local was = call('HMGET', CLOCK, 'ends', 'ends_at', 'busy')
  if not was[1] then
    return '0'
  end
  local seen = 1 - math.exp(-math.max(1, now - tonumber(was[3] or 0)) / RATE_WINDOW)
  return string.format('%.6f', decayed(was[1], was[2]) / (RATE_WINDOW / 1000000 * seen))
end
