/// Decoders for values in the server's binary format; network byte order.
enum BinaryFormat {
    /// 2, 4 or 8 bytes.
    static func integer(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        switch bytes.count {
        case 8: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case 4: Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case 2: Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        default: nil
        }
    }

    /// 4 or 8 bytes.
    static func double(_ bytes: UnsafeRawBufferPointer) -> Double? {
        switch bytes.count {
        case 8: Double(bitPattern: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)))
        case 4: Double(Float(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self))))
        default: nil
        }
    }

    /// The elements of an array of any shape in storage order, nil for a null element; nil if the bytes are no array.
    static func elements<Element>(
        _ bytes: UnsafeRawBufferPointer, _ decode: (UnsafeRawBufferPointer?) -> Element
    ) -> [Element]? {
        var reader = Reader(bytes: bytes)
        guard let dimensions = reader.int32(), reader.int32() != nil, reader.int32() != nil else { return nil }
        guard dimensions > 0 else { return [] }
        var count = 1
        for _ in 0..<dimensions {
            guard let length = reader.int32(), length >= 0, reader.int32() != nil else { return nil }
            count *= Int(length)
        }
        // Every element has a length of 4 bytes, so more can't be there.
        guard count <= bytes.count / 4 else { return nil }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            guard let length = reader.int32() else { return nil }
            guard length >= 0 else {
                elements.append(decode(nil))
                continue
            }
            guard let element = reader.take(Int(length)) else { return nil }
            elements.append(decode(element))
        }
        return elements
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var offset = 0

        mutating func int32() -> Int32? {
            take(4).map { Int32(bigEndian: $0.loadUnaligned(as: Int32.self)) }
        }

        mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
            guard count <= bytes.count - offset else { return nil }
            defer { offset += count }
            return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
        }
    }
}
