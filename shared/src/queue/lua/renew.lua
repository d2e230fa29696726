-- Prolongs leases. ARGV: lease, then for each job: id, token. Answers the standing of each.

local lease = tonumber(ARGV[1])
heartbeat(lease)
local answer = {}
for i = 2, #ARGV, 2 do
  local is = standing(ARGV[i], ARGV[i + 1])
  if is == 1 then
    call('ZADD', LEASES, now + lease, ARGV[i])
  end
  answer[#answer + 1] = is
end
return answer
