import Glibc
import HTTPTypes

// One program for each reader of text from outside; Tests/fuzz/run links this with the product's own sources and libFuzzer,
// which makes input that reaches new code (https://llvm.org/docs/LibFuzzer.html). What has to hold besides "no crash, no
// endless work" is said by each.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeRawBufferPointer(start: bytes, count: count)
    Target.current(input)
    return 0
}

enum Target {
    /// The environment says which; libFuzzer keeps the arguments.
    static let current: (UnsafeRawBufferPointer) -> Void = {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        switch name {
        case "head": return head
        case "chunks": return chunks
        case "json": return json
        case "csv": return csv
        case "query": return query
        case "cookies": return cookies
        default: fatalError("FUZZ_TARGET is '\(name)'")
        }
    }()

    /// A finding: libFuzzer keeps the input.
    static func require(_ condition: Bool, _ what: StaticString) {
        if !condition { fatalError("\(what)") }
    }

    // MARK: HTTP

    /// The end of a head is the same in whatever pieces it comes; what is taken is clean, and has one meaning.
    static func head(_ input: UnsafeRawBufferPointer) {
        let end = HeadEnd.find(in: input, from: 0)
        for cut in [input.count / 3, input.count / 2] where cut > 0 {
            let piece = UnsafeRawBufferPointer(rebasing: input[..<cut])
            if let early = HeadEnd.find(in: piece, from: 0) { require(early == end, "two ends of a head") }
        }
        guard let end, let head = try? RequestHeadParser.parse(UnsafeRawBufferPointer(rebasing: input[..<end])) else {
            return
        }
        require(head.method.rawValue.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a method that is no token")
        require(head.target.bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a target with blanks or controls")
        let lengths = head.headers["content-length"]
        let codings = head.headers["transfer-encoding"]
        require(lengths.isEmpty || codings.isEmpty, "two framings")
        require(lengths.count <= 1 && codings.count <= 1, "framing said twice")
        require(!head.isHTTP10 || codings.isEmpty, "chunks in HTTP/1.0")
        require(head.isHTTP10 || head.headers["host"].count == 1, "not one Host")
        for name in ["host", "content-length", "transfer-encoding", "cookie", "x-a", "connection", "content-type"] {
            for value in head.headers[name] {
                require(value.bytes.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }, "a control in a field")
            }
        }
        if case .length(let length) = head.framing { require(length >= 0, "a length below zero") }
        _ = (head.persists, head.expectsContinue)
    }

    /// All at once and byte by byte are the same, and the limit holds.
    static func chunks(_ input: UnsafeRawBufferPointer) {
        let limit = 4096
        var whole: [UInt8] = []
        var decoder = ChunkDecoder(maxBytes: limit)
        let used = try? decoder.decode(input) { whole += $0 }
        require(whole.count <= limit, "more than the limit")
        require((used ?? 0) <= input.count, "bytes that were not there")

        var pieces: [UInt8] = []
        var stepwise = ChunkDecoder(maxBytes: limit)
        var taken = 0
        var failed = false
        for index in input.indices where !stepwise.isComplete && !failed {
            let piece = UnsafeRawBufferPointer(rebasing: input[index..<index + 1])
            let more = try? stepwise.decode(piece) { pieces += $0 }
            if let more { taken += more } else { failed = true }
        }
        require(failed == (used == nil), "refused in one way, taken in the other")
        if let used { require(used == taken && pieces == whole, "another body in pieces") }
    }

    // MARK: Text

    /// What is read can be written and read again as the same.
    static func json(_ input: UnsafeRawBufferPointer) {
        var parser = JSONParser(input)
        guard let value = try? parser.parse() else { return }
        var out: [UInt8] = []
        write(value, to: &out)
        let again = out.withUnsafeBytes { bytes -> JSONValue? in
            var parser = JSONParser(bytes)
            return try? parser.parse()
        }
        require(again == value, "another value after a round trip")
    }

    private static func write(_ value: JSONValue, to out: inout [UInt8]) {
        switch value {
        case .null: out += "null".utf8
        case .bool(let bool): out += "\(bool)".utf8
        case .number(let text): out += text.utf8
        case .string(let text): write(text, to: &out)
        case .array(let values):
            out += "[".utf8
            for (index, value) in values.enumerated() {
                if index > 0 { out += ",".utf8 }
                write(value, to: &out)
            }
            out += "]".utf8
        case .object(let object):
            out += "{".utf8
            for (index, member) in object.members.enumerated() {
                if index > 0 { out += ",".utf8 }
                write(member.key, to: &out)
                out += ":".utf8
                write(member.value, to: &out)
            }
            out += "}".utf8
        }
    }

    private static func write(_ text: RawText, to out: inout [UInt8]) {
        var writer = ByteWriter(capacity: 16)
        text.withBytes { JSONEscaping.write($0, to: &writer) }
        out += writer.bytes
    }

    /// Rows end, hold no more than the file, and a field without quotes has no delimiter in it.
    static func csv(_ input: UnsafeRawBufferPointer) {
        var reader = CSVReader(Array(input))
        var rows = 0
        var bytes = 0
        while let row = reader.next() {
            rows += 1
            require(rows <= input.count + 1, "rows without end")
            require(row.count <= 200, "too many fields")
            for field in row { bytes += field.utf8.count }
        }
        // A byte that is no text becomes a replacement character of three.
        require(bytes <= 3 * input.count, "more than the file has")
    }

    /// Reading collects errors and never fails; encoded text is decoded to itself.
    static func query(_ input: UnsafeRawBufferPointer) {
        let raw = String(decoding: input, as: UTF8.self)
        var query = QueryParameters(raw)
        _ = query.text("q")
        _ = query.integer("project_id")
        _ = query.limit("limit", standard: 10, most: 50)
        _ = query.boolean("billable")
        _ = query.rangeStart("start_date")
        _ = query.rangeEnd("end_date")
        let page = query.page()
        require(page.perPage >= 1 && page.perPage <= 100 && page.page >= 1, "a page that is none")
        _ = try? query.finish()
        require(PercentEncoding.decode(RawText(PercentEncoding.encode(raw)))?.unchecked == raw, "not what was encoded")
    }

    /// The same as splitting the field anew for each cookie.
    static func cookies(_ input: UnsafeRawBufferPointer) {
        let text = Array("GET / HTTP/1.1\r\nHost: h\r\nCookie: ".utf8) + Array(input) + Array("\r\n\r\n".utf8)
        guard let head = text.withUnsafeBytes({ try? RequestHeadParser.parse($0) }) else { return }
        let cookies = Cookies(head.headers)
        for name in ["", "a", "session", "__Host-session", "csrf"] {
            require(cookies[name] == slowly(RawText(name), head.headers), "another cookie")
        }
    }

    private static func slowly(_ name: RawText, _ headers: RequestHeaders) -> RawText? {
        for header in headers["cookie"] {
            for pair in header.split(UInt8(ascii: ";")) {
                let parts = pair.split(UInt8(ascii: "="), most: 2)
                guard parts.count == 2, parts[0].withoutOptionalWhiteSpace == name else { continue }
                let value = parts[1].withoutOptionalWhiteSpace
                let isQuoted = value.byteCount >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
                return isQuoted ? value.dropFirst(1).dropLast(1) : value
            }
        }
        return nil
    }
}
