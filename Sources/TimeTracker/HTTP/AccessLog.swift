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

    private func writeJSON(
        _ exchange: Exchange, _ status: Int, _ bytes: Int, _ microseconds: Int, to out: inout [UInt8]
    ) {
        LogText.append("{\"time\":\"", to: &out)
        LogText.appendTime(to: &out)
        LogText.append("\",\"level\":\"info\",\"message\":\"request\",\"request_id\":", to: &out)
        LogText.appendQuoted(exchange.requestID, to: &out)
        if let traceID = exchange.trace?.traceID {
            LogText.append(",\"trace_id\":", to: &out)
            LogText.appendQuoted(traceID, to: &out)
        }
        LogText.append(",\"method\":", to: &out)
        LogText.appendQuoted(exchange.method.rawValue, to: &out)
        // The template, not the path: it groups, and it leaks no ids of unknown paths into dashboards.
        LogText.append(",\"route\":", to: &out)
        LogText.appendQuoted(exchange.routePath ?? "-", to: &out)
        LogText.append(",\"status\":", to: &out)
        LogText.append(status, to: &out)
        LogText.append(",\"duration_us\":", to: &out)
        LogText.append(microseconds, to: &out)
        LogText.append(",\"bytes\":", to: &out)
        LogText.append(bytes, to: &out)
        if let tokenID = exchange.tokenID {
            LogText.append(",\"token_id\":", to: &out)
            LogText.append(Int(tokenID), to: &out)
        }
        LogText.append(",\"client\":", to: &out)
        LogText.appendQuoted(exchange.clientAddress, to: &out)
        LogText.append(",\"worker\":", to: &out)
        LogText.append(worker, to: &out)
        out.append(UInt8(ascii: "}"))
    }

    func flushIfDue() { writer.flushIfDue() }
    func flush() { writer.flush() }
}
