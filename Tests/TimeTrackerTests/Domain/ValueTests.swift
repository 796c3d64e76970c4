import Testing

@testable import TimeTracker

@Suite struct TimeValueTests {
    @Test func civilDatesRoundTrip() {
        for days in stride(from: Int32(-730_119), through: 2_921_939, by: 97) {
            let date = CivilDate(daysSince2000: days)
            #expect(date.daysSince2000 == days)
        }
        #expect(CivilDate(daysSince2000: 0) == CivilDate(year: 2000, month: 1, day: 1))
        #expect(CivilDate(daysSince2000: 59) == CivilDate(year: 2000, month: 2, day: 29))
        #expect(CivilDate(validating: 2100, 2, 29) == nil && CivilDate(validating: 2024, 2, 29) != nil)
    }

    @Test(arguments: [
        ("2024-01-15T09:00:00Z", 758_624_400), ("2024-01-15 09:00:00z", 758_624_400),
        ("2024-01-15T10:00:00+01:00", 758_624_400),
        ("2024-01-15T10:00+0100", 758_624_400), ("2024-01-15T04:00:00.999-05", 758_624_400),
    ])
    func instants(_ text: String, _ seconds: Int64) {
        #expect(DateTimeParser.parse(text) == .dateTime(.instant(seconds * 1_000_000)))
    }

    @Test func wallTimesAndDates() {
        #expect(DateTimeParser.parse("2024-01-15T09:00:00") == .dateTime(.wall(758_624_400_000_000)))
        #expect(DateTimeParser.parse("2024-01-15") == .date(8780))
    }

    @Test(arguments: [
        "", "2024", "2024-1-15", "2024-13-01", "2023-02-29", "2024-01-15T", "2024-01-15T24:00:00Z",
        "2024-01-15T09:60:00Z",
        "2024-01-15T09:00:60Z", "2024-01-15T09:00:00.Z", "2024-01-15T09:00:00+25:00", "2024-01-15T09:00:00Zx",
        "0000-01-01",
        "9999-12-31T23:59:59-15:00", "0001-01-01T00:00:00+15:00", "15/01/2024", "2024-01-15X09:00:00",
    ])
    func refused(_ text: String) {
        #expect(DateTimeParser.parse(text) == nil)
    }

    @Test func rounding() {
        func rounded(_ seconds: Int64, _ minutes: Int, _ method: RoundingMethod) -> Int64 {
            Rounding(minutes: minutes, method: method).apply(seconds)
        }
        #expect(rounded(450, 15, .nearest) == 900 && rounded(449, 15, .nearest) == 0)
        #expect(rounded(1, 15, .up) == 900 && rounded(900, 15, .up) == 900)
        #expect(rounded(1799, 15, .down) == 900 && rounded(59, 1, .nearest) == 59)
        let own = RoundingPreference(isEnabled: true, minutes: 5, method: .up)
        #expect(own.effective(settingsMinutes: 15) == Rounding(minutes: 5, method: .up))
        let none = RoundingPreference(isEnabled: true, minutes: 1, method: .nearest)
        #expect(none.effective(settingsMinutes: 15) == Rounding(minutes: 15, method: .nearest))
    }

    @Test func durations() {
        let none = Rounding(minutes: 1, method: .nearest)
        let start = Instant(0)
        func seconds(until end: Instant) -> Int64 {
            EntryDuration.seconds(start: start, end: end, breakSeconds: 600, rounding: none)
        }
        #expect(seconds(until: Instant(3_600_999_999)) == 3000 && seconds(until: start + 60) == 0)
        #expect(EntryDuration.live(start: start, pausedAt: start + 10, breakSeconds: 3, now: start + 99) == 7)
    }
}

@Suite struct MoneyTests {
    @Test(arguments: [
        ("75", 7500), ("75.005", 7501), ("75.004", 7500), ("0.285", 29), ("1e2", 10000), ("1.5E-1", 15), ("-0.005", -1),
        ("0.001", 0),
        ("1e-400", 0), (".5", 50), ("00012.3", 1230),
    ])
    func parse(_ text: String, _ hundredths: Int64) {
        #expect(Money.parse(text) == hundredths)
    }

    @Test(arguments: ["", "x", "1,5", "NaN", "Infinity", "1e", "1.2.3", "--1", "1e99", "99999999999999999999", "0x10"])
    func refused(_ text: String) {
        #expect(Money.parse(text) == nil)
    }

    @Test func costRoundsHoursFirst() {
        #expect(Money.cost(seconds: 28800, hourlyRate: 7500) == 60000)
        #expect(Money.cost(seconds: 1000, hourlyRate: 333) == 93)
        #expect(Money.format(-5) == "-0.05" && Money.format(123_450) == "1234.50")
    }
}

@Suite struct AccessValueTests {
    @Test func scopes() {
        func allows(_ held: String, _ required: ScopeRequirement) -> Bool { Scopes(held).satisfies(required) }
        #expect(allows("read:projects", .init("read:projects")) && !allows("read:projects", .init("write:projects")))
        #expect(allows("read:*", .init("read:quotes")) && !allows("write:*", .init("read:quotes")))
        #expect(allows("*", .init("admin:all")) && allows("admin:all", .init("write:tasks")))
        #expect(!allows("admin:*", .init("read:projects")) && !allows("", .init("read:projects")))
        #expect(allows(" read:inventory ,x", .init("read:inventory", "read:projects")))
        #expect(Scopes(" a, ,b").list == ["a", "b"])
        #expect(throws: Scopes.Invalid.self) { try Scopes.validated("admin:*", ownerIsAdmin: true) }
        #expect(throws: Scopes.Invalid.self) { try Scopes.validated("*", ownerIsAdmin: false) }
        #expect((try? Scopes.validated("read:*,read:*", ownerIsAdmin: false)) == ["read:*"])
    }

    @Test func allowLists() {
        let list = IPAllowList("10.0.0.0/8, nonsense, 192.168.1.7, 2001:db8::/33, 1.2.3.4/99")
        for address in ["10.255.0.1", "192.168.1.7", "::ffff:10.1.1.1", "2001:db8:7fff::1"] {
            #expect(list.contains(address))
        }
        for address in ["11.0.0.1", "192.168.1.8", "2001:db8:8000::1", "1.2.3.4", "x", ""] {
            #expect(!list.contains(address))
        }
        #expect(!IPAllowList("nonsense").contains("1.1.1.1"))
        #expect(IPAllowList("0.0.0.0/0").contains("8.8.8.8") && !IPAllowList("0.0.0.0/0").contains("::1"))
    }

    @Test func passwords() throws {
        let hash = try PasswordHash.make("correct horse")
        #expect(hash.hasPrefix("scrypt:32768:8:1$"))
        #expect(PasswordHash.verify("correct horse", against: hash))
        #expect(!PasswordHash.verify("correct horsf", against: hash))
        for bad in [nil, "", "plain", "scrypt:1:1:1$a$b", "scrypt:1073741824:8:1$a$00", "md5$a$b"] {
            #expect(!PasswordHash.verify("x", against: bad))
        }
    }

    /// Made by another implementation, as existing databases hold it.
    @Test func storedPasswordsAndTokensStayWhatTheyAre() {
        let hash =
            "scrypt:32768:8:1$k9XqTz4LwPb2RsVd$1a74ae20cf00276f855b80318c4b852e491795fa505520c7bf1681f69982b3154f5130bf3c"
            + "5fb2ec1bebd64daa9aa36d360776139ee98cd5bbaa2747b17b2ea2"
        #expect(PasswordHash.verify("Grüße, Welt", against: hash))
        #expect(!PasswordHash.verify("Grüsse, Welt", against: hash))
        #expect(!PasswordHash.verify("Grüße, Welt", against: hash.replacing("scrypt:32768", with: "scrypt:16384")))
        #expect(
            TokenHash.hex("tt_abcdefghijklmnopqrstuvwxyz012345")
                == "64fdf1fe45be11c7fed9fbb79dd0725167656e77703a015357135dce46b336fc")
    }

    @Test func tokensAndIDs() {
        let token = APIToken()
        #expect(token.plain.count == 35 && token.prefix == String(token.plain.prefix(8)) && token.hash.count == 64)
        var ids = RequestIDs()
        #expect(ids.accept("abc") == "abc" && ids.accept("Az0._-") == "Az0._-")
        for bad in [nil, "", "a b", "a\"b", "a/b", "<a>", "a:b", String(repeating: "x", count: 129), "é"] {
            #expect(ids.accept(bad.map { RawText($0) }).count == 36)
        }
        #expect(Set((0..<1000).map { _ in ids.accept(nil) }).count == 1000)
        #expect(UUIDText.version4(high: 0, low: 0) == "00000000-0000-4000-8000-000000000000")
    }
}
