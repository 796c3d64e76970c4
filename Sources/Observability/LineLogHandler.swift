import Logging

/// swift-log handler that writes one line an event: JSON for machines, text for people.
public struct LineLogHandler: LogHandler {
    public enum Format: Sendable {
        case json, text
    }

    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    public var logLevel: Logger.Level
    private let writer: LogWriter
    private let format: Format

    public init(writer: LogWriter, format: Format, level: Logger.Level) {
        self.writer = writer
        self.format = format
        self.logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get(), !provided.isEmpty { all.merge(provided) { _, new in new } }
        if let metadata = event.metadata { all.merge(metadata) { _, new in new } }
        let pairs = all.sorted { $0.key < $1.key }
        writer.line(isUrgent: event.level >= .warning) { out in
            switch format {
            case .json: Self.json(event, pairs, to: &out)
            case .text: Self.text(event, pairs, to: &out)
            }
        }
    }

    private static func json(
        _ event: LogEvent, _ pairs: [(key: String, value: Logger.Metadata.Value)], to out: inout [UInt8]
    ) {
        LogText.append("{\"time\":\"", to: &out)
        LogText.appendTime(to: &out)
        LogText.append("\",\"level\":", to: &out)
        LogText.appendQuoted(event.level.rawValue, to: &out)
        LogText.append(",\"message\":", to: &out)
        LogText.appendQuoted(event.message.description, to: &out)
        for (key, value) in pairs {
            out.append(UInt8(ascii: ","))
            LogText.appendQuoted(key, to: &out)
            out.append(UInt8(ascii: ":"))
            LogText.appendQuoted(value.description, to: &out)
        }
        out.append(UInt8(ascii: "}"))
    }

    private static func text(
        _ event: LogEvent, _ pairs: [(key: String, value: Logger.Metadata.Value)], to out: inout [UInt8]
    ) {
        LogText.appendTime(to: &out)
        out.append(contentsOf: " \(event.level.rawValue.uppercased()) \(event.message.description)".utf8)
        for (key, value) in pairs {
            out.append(contentsOf: " \(key)=".utf8)
            let text = value.description
            if text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x22 }) {
                LogText.appendQuoted(text, to: &out)
            } else {
                out.append(contentsOf: text.utf8)
            }
        }
    }
}
