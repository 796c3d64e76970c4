/// Writes entries as rows of lists: what `Assets/entry.mustache` stands for.
struct EntryMarkup {
    let format: PersonFormat
    let userID: Int64
    let canWrite: Bool
    /// Where the forms of a row lead back to, percent-encoded.
    private let back: HTML
    /// What a running timer counts to.
    let now: Instant
    /// Whether the day stands beside the times.
    var showsDay = false
    /// Whether rows can be chosen for a change of many.
    var isSelectable = false
    /// The address at which the row of an id becomes a form, but for the id; nil = the entry's own page.
    var editAddress: String? {
        didSet { edit = editAddress.map(Self.escaped) }
    }

    private var edit: HTML?
    /// Entries that are chosen already.
    var chosen: Set<ID<TimeEntry>> = []
    /// Rows that are forms instead.
    var forms: [ID<TimeEntry>: HTML] = [:]

    /// - Parameter back: the page's address; nil = as it was asked for.
    init(_ call: Call, now: Instant, back: String? = nil) {
        format = call.format
        userID = call.principal.userID
        canWrite = call.principal.isWriter
        self.back = Self.escaped(
            PercentEncoding.encode(LocalPath.checked(back ?? call.exchange.target) ?? "/dashboard"))
        self.now = now
    }

    func write(_ row: EntryRow, to html: inout HTMLWriter) {
        let entry = row.entry
        if let form = forms[entry.id] { return html.html(form) }
        let place = Place(entry).name
        let spoken = spoken(row, place)
        html.literal("<li class=\"entry\" id=\"entry-")
        html.number(entry.id.number)
        html.literal("\">")
        if isSelectable { writeBox(row, spoken, to: &html) }
        html.literal("<div class=\"main\"><a href=\"")
        writeAddress(entry, to: &html)
        html.literal("\">")
        html.text(entry.notes.flatMap { $0.isEmpty ? nil : $0 } ?? place)
        html.literal("</a><div class=\"place\">")
        writePlace(entry, place, to: &html)
        html.literal("</div></div><div class=\"when\">")
        if showsDay {
            html.text(format.date(row.day))
            html.literal(" ")
        }
        html.time(row.start, format)
        html.literal(" – ")
        if let end = row.end { writeEnding(end, row.start, to: &html) } else { html.literal("running") }
        html.literal("</div>")
        writeLength(entry, to: &html)
        html.literal("<div class=\"acts\">")
        if canWrite { writeActs(row, spoken, to: &html) }
        html.literal("</div></li>\n")
    }

    private func writeBox(_ row: EntryRow, _ spoken: HTML, to html: inout HTMLWriter) {
        html.literal("<div class=\"pick\">")
        if !row.entry.isRunning, canWrite {
            html.literal("<input type=\"checkbox\" form=\"bulk\" name=\"entry_id\" value=\"")
            html.number(row.entry.id.number)
            html.literal("\"")
            if chosen.contains(row.entry.id) { html.literal(" checked") }
            html.literal(" aria-label=\"Select ")
            html.html(spoken)
            html.literal("\">")
        }
        html.literal("</div>")
    }

    private func writePlace(_ entry: TimeEntry, _ place: String, to html: inout HTMLWriter) {
        html.text(place)
        if entry.userID.number != userID {
            html.literal(" · ")
            html.text(entry.username ?? "")
        }
        for tag in Tags.split(entry.tags) {
            html.literal(" <span class=\"chip\">")
            html.text(tag)
            html.literal("</span>")
        }
        if entry.isPaid { html.literal(" <span class=\"chip\">Paid</span>") }
        if !entry.isBillable { html.literal(" <span class=\"chip\">Not billable</span>") }
    }

    private func writeLength(_ entry: TimeEntry, to html: inout HTMLWriter) {
        let seconds = entry.shownSeconds(now: now)
        html.literal("<div class=\"length num\">")
        html.duration(max(0, seconds))
        let exact = EntryDuration.wholeSeconds(from: entry.start, to: entry.end ?? now) - entry.breakSeconds
        if !entry.isRunning, abs(exact - seconds) >= 60 || entry.breakSeconds > 0 {
            html.literal("<span class=\"hint exact\">")
            if abs(exact - seconds) >= 60 {
                html.literal("rounded from ")
                html.duration(max(0, exact))
            }
            if entry.breakSeconds > 0 {
                html.literal(" break ")
                html.duration(entry.breakSeconds)
            }
            html.literal("</span>")
        }
        html.literal("</div>")
    }

    /// Buttons of the form `acts` that stands beneath every page.
    private func writeActs(_ row: EntryRow, _ spoken: HTML, to html: inout HTMLWriter) {
        let entry = row.entry
        if entry.userID.number == userID, !entry.isRunning, entry.projectID != nil {
            html.literal(
                "<button class=\"icon-button\" form=\"acts\" formaction=\"/timer/continue\" name=\"entry_id\" value=\"")
            html.number(entry.id.number)
            html.literal("\" title=\"Continue\" aria-label=\"Continue ")
            html.html(spoken)
            html.literal("\">")
            html.icon("play")
            html.literal("</button>")
        }
        html.literal("<a class=\"button icon-button\" data-edit href=\"")
        if let edit {
            html.html(edit)
            html.number(entry.id.number)
            html.literal("#entry-")
            html.number(entry.id.number)
        } else {
            writeAddress(entry, to: &html)
        }
        html.literal("\" title=\"Edit\" aria-label=\"Edit ")
        html.html(spoken)
        html.literal("\">")
        html.icon("edit")
        html.literal("</a>")
        guard !entry.isRunning else { return }
        html.literal("<button class=\"icon-button\" form=\"acts\" formaction=\"/timer/edit/")
        html.number(entry.id.number)
        html.literal("/duplicate\" title=\"Duplicate\" aria-label=\"Duplicate ")
        html.html(spoken)
        html.literal("\">")
        html.icon("copy")
        html.literal("</button>")
    }

    private func writeAddress(_ entry: TimeEntry, to html: inout HTMLWriter) {
        html.literal("/timer/edit/")
        html.number(entry.id.number)
        html.literal("?back=")
        html.html(back)
    }

    private static func escaped(_ text: String) -> HTML {
        var html = HTMLWriter(capacity: 256)
        html.text(text)
        return html.finish()
    }

    /// `First draft, 09:00 – 10:30`: what tells the entry apart from its neighbours. Each of its buttons says it.
    private func spoken(_ row: EntryRow, _ place: String) -> HTML {
        var html = HTMLWriter(capacity: 256)
        html.text(row.entry.notes.map { RawText($0).prefix(codePoints: 60).unchecked } ?? place)
        html.literal(", ")
        html.time(row.start, format)
        html.literal(" – ")
        if let end = row.end { html.time(end, format) } else { html.literal("now") }
        return html.finish()
    }

    /// An end on another day says how many days later.
    private func writeEnding(_ end: Int64, _ start: Int64, to html: inout HTMLWriter) {
        html.time(end, format)
        let days = InstantFormat.split(end).days - InstantFormat.split(start).days
        if days > 0 {
            html.literal(" +")
            html.number(Int64(days))
        }
    }

    /// The rows as a list.
    func list(_ rows: some Sequence<EntryRow>) -> HTML {
        var html = HTMLWriter(capacity: 16 * 1024)
        html.literal("<ul class=\"rows\">")
        for row in rows { write(row, to: &html) }
        html.literal("</ul>")
        return html.finish()
    }
}
