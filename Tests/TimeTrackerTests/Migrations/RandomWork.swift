import Postgres

/// Statements that do to time entries all that the server may do; the same ones for the same seed.
///
/// They change only entries that came from the same seed, whose invoice number tells.
struct RandomWork {
    private let origin: String
    private var state: UInt64

    init(seed: UInt64) {
        origin = "seed \(seed)"
        state = seed &* 0x9E37_79B9_7F4A_7C15
    }

    /// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
    private mutating func number(below limit: UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return (z ^ (z >> 31)) % limit
    }

    mutating func next() -> Statement {
        switch number(below: 15) {
        case 0...2: insert()
        case 3: bulkInsert()
        case 4: update("user_id = 1 + (id + \(number(below: 3))) % 3")
        case 5: update("project_id = \(1 + number(below: 4)), client_id = null, task_id = null")
        case 6: update("project_id = null, client_id = 1, task_id = null")
        case 7: update("billable = not billable")
        case 8: update("end_time = start_time + interval '2 hours', duration_seconds = \(number(below: 9000))")
        case 9: update("end_time = null, duration_seconds = null")
        case 10: update("notes = 'nothing that counts', duration_seconds = duration_seconds + 0")
        case 11: update("paid = not paid")
        case 12: update("tags = \(tags())")
        case 13: update("start_time = start_time - interval '\(number(below: 40)) hours'")
        default: Statement("delete from time_entries where \(some())")
        }
    }

    mutating func insert() -> Statement {
        let project = 1 + number(below: 4)
        let task = number(below: 2) == 0 ? "null" : "\(project * 2 - number(below: 2))"
        let place = number(below: 6) == 0 ? "null, 1, null" : "\(project), null, \(task)"
        let end = number(below: 4) == 0 ? "null, null" : "now(), \(number(below: 3600))"
        return Statement(
            """
            insert into time_entries (user_id, project_id, client_id, task_id, start_time, end_time, duration_seconds, billable,
                                      tags, invoice_number)
            values (\(1 + number(below: 3)), \(place), now() - interval '1 hour', \(end), \(number(below: 3) > 0),
                    \(tags()), '\(origin)')
            """)
    }

    private mutating func bulkInsert() -> Statement {
        Statement(
            """
            insert into time_entries (user_id, project_id, start_time, end_time, duration_seconds, billable, tags,
                                      invoice_number)
            select 1 + n % 3, 1 + (n * \(1 + number(below: 3))) % 4, now() - interval '3 hours', now(), n * 60, n % 2 = 0,
                   case when n % 2 = 0 then \(tags()) else 'bulk' end, '\(origin)'
            from generate_series(1, \(1 + number(below: 12))) n
            """)
    }

    /// Also the same tag twice, in other spellings, and lists of nothing.
    private mutating func tags() -> String {
        ["null", "'A, b'", "'a,A , a\u{301},\u{E1}'", "' , '", "'b'", "'c, B,\u{A0}a'"][Int(number(below: 6))]
    }

    private mutating func update(_ assignments: String) -> Statement {
        Statement("update time_entries set \(assignments) where \(some())")
    }

    private mutating func some() -> String {
        "invoice_number = '\(origin)' and id % \(3 + number(below: 5)) = \(number(below: 3))"
    }
}
