import Testing

@testable import TimeTracker

@Suite struct ReplicaProgressTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func aReplicaIsAskedWhileItShowsWhatWasWrittenLately() {
        var progress = ReplicaProgress(maxLag: 5 * Self.second)
        #expect(!progress.isFresh(now: Self.second))
        progress.primaryHasWritten(100, now: Self.second)
        #expect(!progress.isFresh(now: Self.second))
        progress.replicaHasReplayed(100, now: Self.second)
        #expect(progress.isFresh(now: Self.second))
        // It stands still while the primary goes on: for five seconds what it shows is recent enough.
        for time in 2...6 {
            progress.primaryHasWritten(Int64(100 * time), now: UInt64(time) * Self.second)
            progress.replicaHasReplayed(100, now: UInt64(time) * Self.second)
            #expect(progress.isFresh(now: UInt64(time) * Self.second))
        }
        progress.primaryHasWritten(700, now: 7 * Self.second)
        progress.replicaHasReplayed(100, now: 7 * Self.second)
        #expect(!progress.isFresh(now: 7 * Self.second))
        progress.replicaHasReplayed(700, now: 7 * Self.second)
        #expect(progress.isFresh(now: 7 * Self.second))
    }

    @Test func anIdlePrimaryMakesNobodyLag() {
        var progress = ReplicaProgress(maxLag: Self.second)
        for time in 1...60 {
            progress.primaryHasWritten(100, now: UInt64(time) * Self.second)
            progress.replicaHasReplayed(100, now: UInt64(time) * Self.second)
            #expect(progress.isFresh(now: UInt64(time) * Self.second))
        }
    }

    @Test func whoSaysNothingIsNotAsked() {
        var progress = ReplicaProgress(maxLag: 60 * Self.second)
        progress.primaryHasWritten(100, now: Self.second)
        progress.replicaHasReplayed(100, now: Self.second)
        #expect(progress.isFresh(now: Self.second + ReplicaProgress.silence - 1))
        #expect(!progress.isFresh(now: Self.second + ReplicaProgress.silence))
        progress.replicaFailed()
        #expect(!progress.isFresh(now: Self.second))
    }

    @Test func aTokensOwnChangesAreShownOrNot() {
        var progress = ReplicaProgress(maxLag: Self.second)
        #expect(!progress.shows(0))
        progress.replicaHasReplayed(100, now: 0)
        #expect(progress.shows(100) && !progress.shows(101))
    }
}
