-- Ends leases. ARGV: dead letters kept, then for each job: id, token, verdict, delay, code, reason, errors
-- (the errors are '' if no attempt failed). Answers the standing of each; only what is held is changed.

local kept = tonumber(ARGV[1])
local answer = {}
for i = 2, #ARGV, 7 do
  local id, verdict, errors = ARGV[i], ARGV[i + 2], ARGV[i + 6]
  local is = standing(id, ARGV[i + 1])
  if is == 1 then
    if errors ~= '' then
      call('HINCRBY', job(id), 'attempts', 1)
      call('HSET', job(id), 'errors', errors)
    end
    if verdict == 'done' then
      unlease(id)
      call('DEL', job(id))
    elseif verdict == 'again' then
      again(id, tonumber(ARGV[i + 3]))
    elseif verdict == 'bury' then
      bury(id, ARGV[i + 4], ARGV[i + 5], kept)
    else
      give_back(id)
    end
  end
  answer[#answer + 1] = is
end
count_ends()
if changed then
  ring()
end
return answer
