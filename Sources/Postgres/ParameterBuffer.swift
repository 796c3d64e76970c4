/// Encodes bound values into one reused run of bytes, in the binary format of the protocol (numeric as text).
struct ParameterBuffer {
    /// The server's limit for one Bind message is 65,535.
    static let limit = 65_535

    private var bytes: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init() {
        bytes.reserveCapacity(1024)
    }

    /// Calls `body` with the arrays that PQsendQueryPrepared takes; they are valid during the call only.
    mutating func encode<Result>(
        _ values: [PostgresValue],
        _ body: (
            _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        guard !values.isEmpty else { return body(nil, nil, nil) }
        reset()
        for value in values { append(value) }
        return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: values.count) { pointers in
            bytes.withUnsafeBytes { raw in
                // An empty value still needs an address: a null pointer means SQL null.
                let base = raw.baseAddress
                for index in 0..<values.count {
                    let offset = offsets[index]
                    let pointer = offset < 0 ? nil : base?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
                    pointers.initializeElement(at: index, to: pointer)
                }
                return body(UnsafePointer(pointers.baseAddress), lengths, formats)
            }
        }
    }

    private mutating func reset() {
        // One large import must not pin its memory for the connection's life.
        let keep = bytes.capacity <= 256 * 1024
        bytes.removeAll(keepingCapacity: keep)
        // Never empty, so that `baseAddress` exists.
        bytes.append(0)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ value: PostgresValue) {
        let start = bytes.count
        var format: Int32 = 1
        switch value {
        case .null:
            offsets.append(-1)
            lengths.append(0)
            formats.append(1)
            return
        case .bool(let flag): bytes.append(flag ? 1 : 0)
        case .int(let number), .timestamp(let number): bytes.appendBigEndian(number)
        case .int4(let number), .date(let number): bytes.appendBigEndian(number)
        case .double(let number): bytes.appendBigEndian(number.bitPattern)
        case .text(let text): bytes.append(contentsOf: text.utf8)
        case .bytes(let content): bytes.append(contentsOf: content)
        case .intArray(let numbers): appendArray(numbers)
        case .textArray(let texts): appendArray(texts)
        case .numeric(let text):
            // Text ends at its first NUL, which the server must refuse and not cut off.
            for byte in text.utf8 { bytes.append(byte == 0 ? UInt8(ascii: "?") : byte) }
            bytes.append(0)
            format = 0
        case .json(let text):
            bytes.append(1)
            bytes.append(contentsOf: text.utf8)
        }
        offsets.append(start)
        lengths.append(Int32(clamping: bytes.count - start))
        formats.append(format)
    }

    private mutating func appendArray(_ numbers: [Int64]) {
        appendArrayHeader(count: numbers.count, element: PostgresType.int8)
        for number in numbers {
            bytes.appendBigEndian(Int32(8))
            bytes.appendBigEndian(number)
        }
    }

    private mutating func appendArray(_ texts: [String]) {
        appendArrayHeader(count: texts.count, element: PostgresType.text)
        for text in texts {
            bytes.appendBigEndian(Int32(clamping: text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        }
    }

    /// Dimensions, null flag, element type; then for the one dimension its length and lower bound.
    private mutating func appendArrayHeader(count: Int, element: UInt32) {
        bytes.appendBigEndian(Int32(count == 0 ? 0 : 1))
        bytes.appendBigEndian(Int32(0))
        bytes.appendBigEndian(element)
        guard count > 0 else { return }
        bytes.appendBigEndian(Int32(clamping: count))
        bytes.appendBigEndian(Int32(1))
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian<Integer: FixedWidthInteger>(_ value: Integer) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
