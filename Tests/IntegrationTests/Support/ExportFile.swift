import Testing

/// A file of 100 rows as a time tracker exports it. Four entries of 1.5 hours a day, from Monday 2024-01-15 on.
struct ExportFile: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    /// Columns that mean nothing to the import.
    let ignored: [String]
    let tasks: Int
    /// What is stored of it: entries, seconds, billable ones, first start, last end, notes, entries of ann.
    let stored: String

    var testDescription: String { name }

    private struct Entry {
        let number: Int
        var day: Int { number / 4 }
        var client: String { "Client \(number % 5)" }
        var project: String { "Project, \(number % 10)" }
        var task: String { "Task \(number % 10)" }
        var notes: String { "Said \"\"hi\"\" \(number)" }
        var hour: Int { 9 + number % 4 * 2 }
        var isBillable: Bool { number % 2 == 0 }
        /// Year, month, day.
        var start: (Int, Int, Int) { day < 17 ? (2024, 1, 15 + day) : (2024, 2, day - 16) }
        var isoDate: String { "2024-\(two(start.1))-\(two(start.2))" }
    }

    private static let entries = (0..<100).map { Entry(number: $0) }
    private static let times = "100|540000|50|2024-01-15 09:00:00|2024-02-08 16:30:00|100"

    private static func make(
        _ name: String, _ header: String, ignored: [String], tasks: Int = 10, stored: String, _ row: (Entry) -> String
    ) -> ExportFile {
        let lines = [header] + entries.map(row)
        return ExportFile(
            name: name, text: lines.joined(separator: "\r\n") + "\r\n", ignored: ignored, tasks: tasks, stored: stored)
    }

    static let all = [toggl, clockify, harvest, kimai, own]

    private static let toggl = make(
        "Toggl Track",
        "\u{FEFF}User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (EUR)",
        ignored: ["Amount (EUR)"], stored: times + "|100"
    ) {
        """
        Ann Smith,ann@example.com,\($0.client),"\($0.project)",\($0.task),"\($0.notes)",\($0.isBillable ? "Yes" : "No"),\
        \($0.isoDate),\(two($0.hour)):00:00,\($0.isoDate),\(two($0.hour + 1)):30:00,01:30:00,"a, b",0.00
        """
    }

    private static let clockify = make(
        "Clockify",
        """
        "Project","Client","Description","Task","User","Group","Email","Tags","Billable","Start Date","Start Time",\
        "End Date","End Time","Duration (h)","Duration (decimal)","Billable Rate (USD)","Billable Amount (USD)"
        """,
        ignored: ["Group", "Billable Rate (USD)", "Billable Amount (USD)"], stored: times + "|100"
    ) {
        let date = "\(two($0.start.1))/\(two($0.start.2))/\($0.start.0)"
        return """
            "\($0.project)","\($0.client)","\($0.notes)","\($0.task)","Ann Smith","","ann@example.com","a",\
            "\($0.isBillable ? "Yes" : "No")","\(date)","\(half($0.hour, 0))","\(date)","\(half($0.hour + 1, 30))",\
            "01:30:00","1.50","0.00","0.00"
            """
    }

    /// Entries follow each other, so the last of a day ends at 15:00.
    private static let harvest = make(
        "Harvest",
        """
        Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,Approved?,First Name,Last Name,Roles,\
        Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,External Reference URL
        """,
        ignored: [
            "Project Code", "Invoiced?", "Approved?", "First Name", "Last Name", "Roles", "Employee?", "Billable Rate",
            "Billable Amount", "Cost Rate", "Cost Amount", "Currency", "External Reference URL",
        ],
        stored: "100|540000|50|2024-01-15 09:00:00|2024-02-08 15:00:00|100|0"
    ) {
        """
        \($0.isoDate),\($0.client),"\($0.project)",,\($0.task),"\($0.notes)",1.5,\($0.isBillable ? "Yes" : "No"),No,No,\
        Ann,Smith,"Design, Code",Yes,0.0,0.0,0.0,0.0,Euro - EUR,
        """
    }

    private static let kimai = make(
        "Kimai",
        """
        Date,From,To,Duration,Rate,Internal rate,User,Username,Customer,Project,Activity,Description,Exported,Billable,\
        Tags,Hourly rate,Fixed rate
        """,
        ignored: ["Rate", "Internal rate", "Exported", "Hourly rate", "Fixed rate"], stored: times + "|100"
    ) {
        """
        \($0.isoDate),\(two($0.hour)):00,\(two($0.hour + 1)):30,1:30,0,0,Ann Smith,ann,\($0.client),"\($0.project)",\
        \($0.task),"\($0.notes)",0,\($0.isBillable ? 1 : 0),"a,b",0,
        """
    }

    private static let own = make(
        "own", "project_name,client_name,task_name,start_time,end_time,duration_hours,notes,tags,billable", ignored: [],
        stored: times + "|0"
    ) {
        """
        "\($0.project)",\($0.client),\($0.task),\($0.isoDate) \(two($0.hour)):00:00,\
        \($0.isoDate) \(two($0.hour + 1)):30:00,1.5,"\($0.notes)",a;b,\($0.isBillable)
        """
    }

    private static func half(_ hour: Int, _ minute: Int) -> String {
        "\(two((hour + 11) % 12 + 1)):\(two(minute)):00 \(hour < 12 ? "AM" : "PM")"
    }
}

private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
