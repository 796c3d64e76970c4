import Glibc
import HTTPTypes
import Observability

/// One line for each finished request. It bypasses swift-log: at full load that would cost more than the line.
public final class AccessLog: Sendable {
    private let writer: LogWriter
    private let isJSON: Bool
    private let worker: Int

    public init(writer: LogWriter, isJSON: Bool, worker: Int) {
        self.writer = writer
        self.isJSON = isJSON
        self.worker = worker
    }

    /// - Parameter now: monotonic nanoseconds.
    func write(_ exchange: Exchange, status: Int, bytes: Int, now: UInt64) {
        let microseconds = Int((now &- exchange.startedAt) / 1000)
        writer.line { out in
            if isJSON {
                writeJSON(exchange, status, bytes, microseconds, to: &out)
            } else {
                LogText.appendTime(to: &out)
                let token = exchange.tokenID.map { " token=\($0)" } ?? ""
                out.append(
                    contentsOf:
                        " \(status) \(exchange.method.rawValue) \(RawText(exchange.path).prefix(codePoints: 500).unchecked) \(microseconds)us \(bytes)B\(token)"
                        .utf8)
            }
        }
    }

    /// Every request pays for its line, so it is written in one piece: appending its parts to an array, byte by byte for
    /// quotes, took a sixth of the instructions of the cheapest request.
    private func writeJSON(
        _ exchange: Exchange, _ status: Int, _ bytes: Int, _ microseconds: Int, to out: inout [UInt8]
    ) {
        var line = ByteWriter(capacity: 480)
        line.append(literal: "{\"time\":\"")
        Self.writeTime(to: &line)
        line.append(literal: "\",\"level\":\"info\",\"message\":\"request\",\"request_id\":")
        Self.writeQuoted(exchange.requestID, to: &line)
        if let traceID = exchange.trace?.traceID {
            line.append(literal: ",\"trace_id\":")
            Self.writeQuoted(traceID, to: &line)
        }
        line.append(literal: ",\"method\":")
        Self.writeQuoted(exchange.method.rawValue, to: &line)
        // The template, not the path: it groups, and it leaks no ids of unknown paths into dashboards.
        line.append(literal: ",\"route\":")
        Self.writeQuoted(exchange.routePath ?? "-", to: &line)
        line.append(literal: ",\"status\":")
        line.append(decimal: status)
        line.append(literal: ",\"duration_us\":")
        line.append(decimal: microseconds)
        line.append(literal: ",\"bytes\":")
        line.append(decimal: bytes)
        if let tokenID = exchange.tokenID {
            line.append(literal: ",\"token_id\":")
            line.append(decimal: Int(tokenID))
        }
        line.append(literal: ",\"client\":")
        Self.writeQuoted(exchange.clientAddress, to: &line)
        line.append(literal: ",\"worker\":")
        line.append(decimal: worker)
        line.append(literal: "}")
        out.append(contentsOf: line.bytes)
    }

    /// `2026-01-02T03:04:05.678Z`, like `LogText`.
    private static func writeTime(to out: inout ByteWriter) {
        let now = WallClock.coarseMilliseconds()
        let (seconds, milliseconds) = now.quotientAndRemainder(dividingBy: 1000)
        out.append(atMost: InstantFormat.length + 4) { text in
            InstantFormat.write((Int64(seconds) - WallClock.epoch2000) * 1_000_000, to: text)
            text[19] = UInt8(ascii: ".")
            text[20] = 0x30 + UInt8(truncatingIfNeeded: milliseconds / 100)
            InstantFormat.writeTwo(milliseconds % 100, to: text + 21)
            text[23] = UInt8(ascii: "Z")
            return 24
        }
    }

    /// As `LogText` quotes, which takes over for what isn't plain.
    private static func writeQuoted(_ text: String, to out: inout ByteWriter) {
        var text = text
        let isPlain = text.withUTF8 { bytes in
            guard JSONEscaping.isPlain(UnsafeRawBufferPointer(bytes)), !Self.containDelete(bytes) else { return false }
            out.append(UInt8(ascii: "\""))
            out.append(UnsafeRawBufferPointer(bytes))
            out.append(UInt8(ascii: "\""))
            return true
        }
        guard !isPlain else { return }
        var quoted: [UInt8] = []
        LogText.appendQuoted(text, to: &quoted)
        quoted.withUnsafeBytes { out.append($0) }
    }

    private static func containDelete(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.baseAddress.map { memchr($0, 0x7F, bytes.count) != nil } ?? false
    }

    func flushIfDue() { writer.flushIfDue() }
    func flush() { writer.flush() }
}
