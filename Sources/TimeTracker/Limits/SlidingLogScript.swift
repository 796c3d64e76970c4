import Cryptography
import Redis

/// The exact sliding log of a token's minute and hour windows, kept in Redis and run there in one step.
///
/// Each window is a list of millisecond stamps, newest first. Stamps are taken modulo 2^31, so that Redis stores them as
/// small integers; an age of 2^30 or more can only come from a clock that stepped back and counts as 0, or a step of one
/// millisecond would empty the log. Redis' own clock is used, so workers and hosts can't disagree. A refused request is
/// not logged.
enum SlidingLogScript {
    /// KEYS: one list for each window. ARGV: limit and length in ms of each window.
    /// Reply: allowed (1 or 0), now in Unix ms, then used and age of the oldest stamp in ms (-1 = unused) of each window,
    /// and the wait in ms after a refusal.
    static let script: RedisScript = {
        let source = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local stamp = now % 2147483648
            local function age(entry)
              local value = (stamp - entry) % 2147483648
              if value >= 1073741824 then value = 0 end
              return value
            end
            local wait = 0
            local used = {}
            for i, key in ipairs(KEYS) do
              local limit, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
              local oldest = redis.call('LINDEX', key, -1)
              while oldest and age(oldest) >= window do
                redis.call('RPOP', key)
                oldest = redis.call('LINDEX', key, -1)
              end
              used[i] = redis.call('LLEN', key)
              if used[i] >= limit then
                local blocking = redis.call('LINDEX', key, limit - 1)
                wait = math.max(wait, window - age(blocking))
              end
            end
            local reply = {wait == 0 and 1 or 0, now}
            for i, key in ipairs(KEYS) do
              local window = tonumber(ARGV[2 * i])
              if wait == 0 then
                redis.call('LPUSH', key, stamp)
                redis.call('PEXPIRE', key, window)
                used[i] = used[i] + 1
              end
              local oldest = redis.call('LINDEX', key, -1)
              reply[#reply + 1] = used[i]
              reply[#reply + 1] = oldest and age(oldest) or -1
            end
            reply[#reply + 1] = wait
            return reply
            """
        return RedisScript(source: source, sha1: SHA1.hex(source))
    }()

    /// The script's reply, in numbers.
    static func decode(_ reply: RedisReply) -> [Int64]? {
        guard case .array(let items) = reply else { return nil }
        var numbers: [Int64] = []
        numbers.reserveCapacity(items.count)
        for item in items {
            guard case .integer(let number) = item else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
