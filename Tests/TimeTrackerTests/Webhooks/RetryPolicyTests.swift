import Testing

@testable import TimeTracker

struct RetryPolicyTests {
    @Test func delaysDoubleUntilTheRetriesAreUsedUp() {
        let policy = RetryPolicy(maxRetries: 3, delaySeconds: 60)
        #expect((0...4).map { policy.delay(retryCount: $0) } == [60, 120, 240, nil, nil])
        #expect(RetryPolicy(maxRetries: 0, delaySeconds: 60).delay(retryCount: 0) == nil)
    }

    @Test func noDelayIsLongerThanADay() {
        let policy = RetryPolicy(maxRetries: 100, delaySeconds: 86_400)
        #expect(policy.delay(retryCount: 0) == 86_400 && policy.delay(retryCount: 99) == 86_400)
        #expect(RetryPolicy(maxRetries: 10, delaySeconds: 1000).delay(retryCount: 7) == 86_400)
        #expect(RetryPolicy(maxRetries: 10, delaySeconds: .max).delay(retryCount: 5) == 86_400)
    }

    @Test func receiversMayOnlyAskForMoreTime() {
        let policy = RetryPolicy(maxRetries: 3, delaySeconds: 60)
        #expect(policy.delay(retryCount: 0, retryAfter: 300) == 300)
        #expect(policy.delay(retryCount: 1, retryAfter: 5) == 120)
        #expect(policy.delay(retryCount: 0, retryAfter: .max) == 86_400)
        #expect(policy.delay(retryCount: 3, retryAfter: 5) == nil)
    }

    @Test(arguments: [
        ("120", 120), (" 0 ", 0), ("99999999999999999999", Int64.max), ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
        ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
    ])
    func retryAfter(text: String, seconds: Int64) {
        #expect(RetryAfter.seconds(RawText(text), now: 784_111_740) == seconds)
    }

    @Test(arguments: [
        "", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nux 1994 08:49:37 GMT",
    ])
    func noRetryAfter(text: String) {
        #expect(RetryAfter.seconds(RawText(text), now: 0) == nil)
    }

    @Test func datesAreReadAsTheyAreWritten() {
        for seconds in stride(from: 0, to: 4_000_000_000, by: 12_345_677) {
            #expect(HTTPDateParser.unixSeconds(HTTPDate.format(seconds)) == seconds)
        }
    }
}
