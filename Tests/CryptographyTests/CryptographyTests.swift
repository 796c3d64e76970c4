import Cryptography
import Testing

/// Known answers of the standards.
struct CryptographyTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func sha256(text: String, hex: String) {
        #expect(SHA256.hash(text).hex == hex && SHA256.hash(Array(text.utf8)).hex == hex)
        #expect(Hex.encode(SHA256.hash(text).bytes) == hex)
    }

    @Test func digestsAreEqualWhenTheirBytesAre() {
        let digests = (0..<1000).map { SHA256.hash("\($0)") }
        #expect(Set(digests).count == 1000 && Set(digests + digests).count == 1000)
        #expect(SHA256.hash("1") == digests[1] && SHA256.hash("1") != digests[2])
    }

    /// Each thread digests in a context of its own.
    @Test func threadsDontDisturbEachOther() async {
        let expected = (0..<200).map { SHA256.hash(String(repeating: "x", count: $0 * 50)) }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<200).allSatisfy { SHA256.hash(String(repeating: "x", count: $0 * 50)) == expected[$0] }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func sha1() {
        #expect(SHA1.hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(SHA1.hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }

    /// RFC 4231 §4.3, and the empty key with the empty text.
    @Test func hmac() {
        #expect(
            HMACKey("Jefe").code(of: "what do ya want for nothing?").hex
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            HMACKey("").code(of: "").hex == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
        #expect(HMACKey("a", purpose: "b").code(of: "c") != HMACKey("a", purpose: "d").code(of: "c"))
    }

    /// RFC 7914 §12.
    @Test func scrypt() throws {
        let empty = try Scrypt.key("", salt: "", cost: .init(n: 16, r: 1, p: 1), length: 64, maxMemory: 1 << 20)
        #expect(
            Hex.encode(empty)
                == "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")
        let longer = try Scrypt.key(
            "pleaseletmein", salt: "SodiumChloride", cost: .init(n: 16384, r: 8, p: 1), length: 64, maxMemory: 1 << 25)
        #expect(
            Hex.encode(longer)
                == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")
    }

    @Test(arguments: [(0, 8, 1), (1, 8, 1), (1000, 8, 1), (16, 0, 1), (16, 8, 0), (-16, 8, 1), (1 << 20, 8, 1)])
    func scryptRefuses(n: Int, r: Int, p: Int) {
        #expect(throws: Scrypt.Refused.self) {
            try Scrypt.key("p", salt: "s", cost: .init(n: n, r: r, p: p), length: 64, maxMemory: 1 << 25)
        }
    }

    @Test func hex() {
        #expect(Hex.encode([]) == "" && Hex.encode([0, 9, 10, 255]) == "00090aff")
        #expect(Hex.decode("00090aFf") == [0, 9, 10, 255] && Hex.decode("") == [])
        for text in ["0", "0g", "é", "+1", " 1"] { #expect(Hex.decode(text) == nil, "\(text)") }
    }

    @Test func equality() {
        #expect(ConstantTime.isEqual([], []) && ConstantTime.isEqual([1, 2], [1, 2]))
        #expect(!ConstantTime.isEqual([1, 2], [1, 3]) && !ConstantTime.isEqual([1, 2], [1, 2, 3]))
    }
}
