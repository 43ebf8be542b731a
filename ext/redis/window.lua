-- A window is kept as the list of when each was taken, oldest first, in microseconds.
local now, period, limit, n = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not now then
	local t = redis.call('TIME')
	now = t[1] * 1000000 + t[2]
end
local key = KEYS[1]
local function taken_at(i) return tonumber(redis.call('LINDEX', key, i) or nil) end

-- A clock that was set back keeps nobody out for longer than the period.
local last = redis.call('LLEN', key) - 1
while last >= 0 and taken_at(last) > now do
	redis.call('LSET', key, last, string.format('%.0f', now))
	last = last - 1
end
while (taken_at(0) or now) <= now - period do
	redis.call('LPOP', key)
end

local taken = redis.call('LLEN', key)
local allowed = taken < limit
if n > 0 and allowed then
	redis.call('RPUSH', key, string.format('%.0f', now))
	redis.call('PEXPIRE', key, math.ceil(period / 1000))
elseif n < 0 then
	redis.call('RPOP', key)
	allowed = true
end
taken = redis.call('LLEN', key)
local wait = 0
if taken >= limit then
	wait = taken_at(taken - limit) + period - now
end
return { allowed and 1 or 0, taken, wait }
