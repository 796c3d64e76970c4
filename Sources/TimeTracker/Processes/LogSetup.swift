import Logging
import Observability

/// The loggers of a process as the configuration wants them.
public struct LogSetup: Sendable {
    private let writer: LogWriter
    private let format: LineLogHandler.Format
    private let level: Logger.Level
    private let logsAccess: Bool

    /// - Parameter isTerminal: whether standard error is one; `auto` means text there, JSON elsewhere.
    public init(_ configuration: AppConfiguration, isTerminal: Bool) {
        let isText = configuration.logFormat == "text" || (configuration.logFormat == "auto" && isTerminal)
        format = isText ? .text : .json
        level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        logsAccess = configuration.logsAccess
        writer = LogWriter(isBuffered: !isTerminal)
    }

    /// - Parameter slot: the worker's slot; nil in the supervisor.
    public func logger(slot: Int?) -> Logger {
        var handler = LineLogHandler(writer: writer, format: format, level: level)
        if let slot { handler[metadataKey: "worker"] = "\(slot)" }
        handler.metadataProvider = RequestTrace.logMetadata
        return Logger(label: "timetracker") { _ in handler }
    }

    public func accessLog(slot: Int) -> AccessLog? {
        logsAccess && level <= .info ? AccessLog(writer: writer, isJSON: format == .json, worker: slot) : nil
    }

    public func flush() { writer.flush() }
}
