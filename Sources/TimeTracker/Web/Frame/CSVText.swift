import HTTPTypes
import NIOCore

/// A file of comma-separated values (RFC 4180) that a spreadsheet can open without running anything in it.
struct CSVText {
    enum Cell {
        case text(String)
        /// Digits of ours.
        case number(String)
    }

    private var text = ""

    init(header: [String]) {
        add(header.map { .text($0) })
    }

    mutating func add(_ cells: [Cell]) {
        text += cells.map { cell in
            switch cell {
            case .number(let digits): digits
            case .text(let text): Self.quoted(Self.harmless(text))
            }
        }.joined(separator: ",")
        text += "\r\n"
    }

    /// A text that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).
    static func harmless(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) else { return text }
        return "'" + text
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        guard needsQuotes else { return text }
        // By bytes: a quote with a combining mark behind it is a quote to who reads the file.
        var quoted: [UInt8] = [0x22]
        quoted.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if byte == 0x22 { quoted.append(0x22) }
            quoted.append(byte)
        }
        quoted.append(0x22)
        return String(decoding: quoted, as: UTF8.self)
    }

    /// - Parameter name: of the file; ASCII without quotes.
    func reply(name: String) -> Reply {
        var reply = Reply(status: .ok, body: ByteBuffer(string: text))
        reply.contentType = "text/csv; charset=utf-8"
        reply.headers = [("content-disposition", "attachment; filename=\"\(name)\""), ("cache-control", "no-store")]
        return reply
    }
}
