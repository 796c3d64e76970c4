import Glibc
@_spi(CustomByteBufferAllocator) import NIOCore

/// A growing run of bytes that only its owner writes.
///
/// `ByteBuffer` checks uniqueness and capacity for every single byte written, which for lists of fifty objects is most
/// of the worker's time; this type checks capacity once a piece and gives its memory to a `ByteBuffer` at the end.
struct ByteWriter: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        base = Self.allocate(self.capacity)
    }

    deinit { free(base) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// What has been written, in the memory that it was written to.
    consuming func finish() -> ByteBuffer {
        let buffer = ByteBuffer(
            takingOwnershipOf: UnsafeMutableRawBufferPointer(start: base, count: capacity),
            allocator: ByteBufferAllocator(), writerIndex: count)
        discard self
        return buffer
    }

    /// From malloc(3), since `ByteBuffer` gives memory back by free(3).
    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        guard let memory = malloc(capacity) else { fatalError("out of memory for \(capacity) bytes") }
        return memory.bindMemory(to: UInt8.self, capacity: capacity)
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        base[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        if capacity - count < bytes.count { grow(by: bytes.count) }
        UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func append(literal text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// A number in decimal digits.
    mutating func append(decimal value: Int) {
        append(atMost: 20) { out in
            var rest = value.magnitude
            var count = DecimalDigits.count(rest)
            if value < 0 {
                out[0] = UInt8(ascii: "-")
                count += 1
            }
            var end = count
            while rest >= 100 {
                end -= 2
                DecimalDigits.writeTwo(rest % 100, to: out + end)
                rest /= 100
            }
            if rest >= 10 {
                DecimalDigits.writeTwo(rest, to: out + end - 2)
            } else {
                out[end - 1] = UInt8(truncatingIfNeeded: 0x30 + rest)
            }
            return count
        }
    }

    /// Room for `size` bytes, which `write` fills from the front.
    /// - Parameter write: returns how many it has filled, at most `size`.
    @inline(__always)
    mutating func append(atMost size: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        if capacity - count < size { grow(by: size) }
        count += write(base + count)
    }

    private mutating func grow(by size: Int) {
        capacity = max(capacity * 2, count + size)
        let larger = Self.allocate(capacity)
        larger.update(from: base, count: count)
        free(base)
        base = larger
    }
}
