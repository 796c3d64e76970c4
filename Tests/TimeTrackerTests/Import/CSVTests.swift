import Testing

@testable import TimeTracker

@Suite struct CSVTests {
    @Test(arguments: [
        ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
        ("a\rb", [["a"], ["b"]]), ("\"a,b\",c", [["a,b", "c"]]), ("\"a\"\"b\"", [["a\"b"]]),
        ("\"a\r\nb\",c\r\nd,e", [["a\r\nb", "c"], ["d", "e"]]), (",,\n", [["", "", ""]]),
        ("a,\"\",c", [["a", "", "c"]]),
        ("a\"b,c", [["a\"b", "c"]]), ("\"a\"b,c", [["ab", "c"]]), ("\"never closed,\nx", [["never closed,\nx"]]),
        ("", []), ("\n\na", [[""], [""], ["a"]]), ("a;b\n1,5;2", [["a", "b"], ["1,5", "2"]]),
        ("a\tb", [["a", "b"]]), ("\u{FEFF}a,b", [["a", "b"]]), ("a,b\n;x;", [["a", "b"], [";x;"]]),
    ])
    func reads(_ text: String, _ rows: [[String]]) {
        #expect(Array(CSVReader(Array(text.utf8))) == rows)
    }

    @Test func badBytesBecomeReplacementCharacters() {
        #expect(Array(CSVReader([0x61, 0xFF, 0x2C, 0x00])) == [["a\u{FFFD}", "\u{FFFD}"]])
    }

    @Test(arguments: [
        ("2026-01-05 09:00:01", "2026-01-05T09:00:01Z"), ("2026-01-05T09:00", "2026-01-05T09:00:00Z"),
        ("2026-01-05", "2026-01-05T00:00:00Z"), ("05/01/2026", "2026-01-05T00:00:00Z"),
        ("05/01/2026 9:00", nil), ("05/01/2026 09:00:30", "2026-01-05T09:00:30Z"),
        ("12/31/2025 23:59", "2025-12-31T23:59:00Z"), ("31/12/2025", "2025-12-31T00:00:00Z"), ("32/12/2025", nil),
        ("13/13/2025", nil), ("05/01/26", nil), ("a/b/2025", nil), ("", nil), ("05-01-2026", nil),
    ])
    func times(_ text: String, _ expected: String?) {
        let time: String? =
            switch ImportTime.parse(text) {
            case .wall(let wall)?: InstantFormat.text(wall)
            case .instant(let instant)?: InstantFormat.text(instant)
            case nil: nil
            }
        #expect(time == expected)
    }

    @Test func timesWithAnOffsetAreInstants() {
        #expect(ImportTime.parse("2026-01-05T09:00:00+02:00") == ImportTime.parse("2026-01-05T07:00:00Z"))
    }

    @Test func forms() {
        let body =
            "--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x\r\ncontent-disposition: form-data; "
            + "name=\"file\"; filename=\"f;name=a\"\r\n\r\n--y\r\n\r\n--x--\r\n"
        let form = MultipartForm(Array(body.utf8), boundary: "x")
        #expect(form.part(named: "a") == Array("1".utf8))
        #expect(form.part(named: "file") == Array("--y\r\n".utf8))
        #expect(form.part(named: "b") == nil)
        #expect(MultipartForm(Array("--x".utf8), boundary: "x").part(named: "a") == nil)
        #expect(MultipartForm.boundary(in: "Multipart/Form-Data; charset=x; boundary=\"a b\"") == "a b")
        #expect(MultipartForm.boundary(in: "multipart/form-data") == nil)
        #expect(MultipartForm.boundary(in: "text/csv; boundary=x") == nil)
    }

    @Test func columns() {
        let columns = ImportColumns(header: [" Project-Name", "START time", "Description"])
        #expect(columns.value(.projectName, in: [" x "]) == "x")
        #expect(columns.value(.start, in: ["x", "y"]) == "y")
        #expect(columns.value(.notes, in: ["x", "y", " "]) == nil)
        #expect(columns.value(.tags, in: ["x", "y", "z"]) == nil)
        #expect(!ImportColumns(header: ["foo", "notes"]).areUsable)
    }
}

/// The form that a file may come in (RFC 7578).
@Suite struct MultipartFormTests {
    @Test(arguments: [
        ("multipart/form-data; boundary=b0", "b0"), ("Multipart/Form-Data; charset=x ; Boundary=\"b 0\"", "b 0"),
    ])
    func boundaries(_ type: String, _ boundary: String) {
        #expect(MultipartForm.boundary(in: RawText(type)) == RawText(boundary))
    }

    @Test(arguments: [
        "text/csv", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=b",
    ])
    func noBoundaries(_ type: String) {
        #expect(MultipartForm.boundary(in: RawText(type)) == nil)
        let long = String(repeating: "b", count: 71)
        #expect(MultipartForm.boundary(in: RawText("multipart/form-data; boundary=\(long)")) == nil)
    }

    @Test func parts() {
        let body =
            "--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\n1\r\n--b\r\ncontent-disposition: form-data; name=file; filename=\"x\"\r\nContent-Type: text/csv\r\n\r\na,b\r\n1,2\r\n--b--\r\n"
        let form = MultipartForm(Array(body.utf8), boundary: "b")
        #expect(form.part(named: "file").map { String(decoding: $0, as: UTF8.self) } == "a,b\r\n1,2")
        #expect(form.part(named: "other") == [0x31])
        #expect(form.part(named: "none") == nil)
    }

    /// What is nearly the boundary all over took minutes.
    @Test func nearlyTheBoundaryAllOver() {
        let boundary = String(repeating: "-", count: 69) + "x"
        let body = [UInt8](repeating: 0x2D, count: 4_000_000)
        let time = ContinuousClock().measure {
            #expect(MultipartForm(body, boundary: RawText(boundary)).part(named: "file") == nil)
        }
        #expect(time < .seconds(10))
    }
}
