/// Everything on the status board in the Prometheus text format 0.0.4 or as OpenMetrics 1.0.
public enum MetricsText {
    public enum Format: Sendable {
        case prometheus, openMetrics

        public init(isOpenMetrics: Bool) { self = isOpenMetrics ? .openMetrics : .prometheus }

        /// - Parameter accept: the request's `Accept` field.
        public init(accept: String?) {
            self.init(isOpenMetrics: accept?.contains("application/openmetrics-text") == true)
        }

        public var contentType: StaticString {
            switch self {
            case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    /// Counters and histograms are summed over all places, gauges over those whose process lives.
    public static func render(_ board: StatusBoard, _ format: Format) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(64 * 1024)
        renderSlots(board, format, &out)
        let areas = (Array(0..<board.usedSlots) + StatusBoard.otherPlaces(slots: board.slotCount)).map(board.area)
        var family = ""
        for series in board.series.all.sorted(by: { $0.text < $1.text }) {
            let name = series.text.prefix { $0 != "{" }
            if name != family {
                family = String(name)
                header(family, series.kind, format, &out)
            }
            let labels = series.text.dropFirst(name.count).dropFirst().dropLast()
            write(series, family, labels, areas, &out)
        }
        if format == .openMetrics { LogText.append("# EOF\n", to: &out) }
        return out
    }

    private static func write(
        _ series: SeriesTable.Series, _ name: String, _ labels: Substring, _ areas: [MetricArea], _ out: inout [UInt8]
    ) {
        func total(_ offset: Int) -> UInt64 { areas.reduce(0) { $0 &+ $1.count(series.word + offset) } }
        switch series.kind {
        case .counter: line(name, labels, "\(total(0))", &out)
        case .gauge: line(name, labels, number(areas.reduce(0) { $0 + $1.gauge(series.word) }), &out)
        case .histogram:
            var count: UInt64 = 0
            let comma = labels.isEmpty ? "" : ","
            for (index, bound) in TimeBuckets.bounds.enumerated() {
                count += total(index)
                line(name + "_bucket", "\(labels)\(comma)le=\"\(bound.text)\"", "\(count)", &out)
            }
            count += total(TimeBuckets.overflow)
            line(name + "_bucket", "\(labels)\(comma)le=\"+Inf\"", "\(count)", &out)
            line(name + "_sum", labels, number(Double(total(TimeBuckets.sum)) / 1e9), &out)
            line(name + "_count", labels, "\(count)", &out)
        }
    }

    /// What each worker's line of the board shows.
    private static func renderSlots(_ board: StatusBoard, _ format: Format, _ out: inout [UInt8]) {
        let slots = (0..<board.usedSlots).map { ($0, board.slot($0)) }
        func family(_ name: String, _ kind: SeriesTable.Kind, _ value: (SlotLine) -> Double) {
            header(name, kind, format, &out)
            for (index, slot) in slots { line(name, "slot=\"\(index)\"", number(value(slot)), &out) }
        }
        family("timetracker_worker_connections", .gauge) { Double($0.connections) }
        family("timetracker_worker_requests_total", .counter) { Double($0.requests) }
        family("timetracker_worker_resident_bytes", .gauge) { Double($0.residentBytes) }
        family("timetracker_worker_up", .gauge) { $0.state == .ready ? 1 : 0 }
    }

    private static func header(_ name: String, _ kind: SeriesTable.Kind, _ format: Format, _ out: inout [UInt8]) {
        let isTotal = format == .openMetrics && kind == .counter && name.hasSuffix("_total")
        let family = isTotal ? String(name.dropLast(6)) : name
        if let help = MetricHelp.text[name] { out += Array("# HELP \(family) \(help)\n".utf8) }
        let type =
            switch kind {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        out += Array("# TYPE \(family) \(type)\n".utf8)
    }

    private static func line(_ name: String, _ labels: some StringProtocol, _ value: String, _ out: inout [UInt8]) {
        out.append(contentsOf: name.utf8)
        if !labels.isEmpty {
            out.append(UInt8(ascii: "{"))
            out.append(contentsOf: labels.utf8)
            out.append(UInt8(ascii: "}"))
        }
        out.append(UInt8(ascii: " "))
        out.append(contentsOf: value.utf8)
        out.append(UInt8(ascii: "\n"))
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
