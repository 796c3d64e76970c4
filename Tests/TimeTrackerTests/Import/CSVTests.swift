import Testing

@testable import TimeTracker

@Suite struct CSVTests {
    @Test(arguments: [
        ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]), ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
        ("a\rb", [["a"], ["b"]]), ("\"a,b\",c", [["a,b", "c"]]), ("\"a\"\"b\"", [["a\"b"]]),
        ("\"a\r\nb\",c\r\nd,e", [["a\r\nb", "c"], ["d", "e"]]), (",,\n", [["", "", ""]]),
        ("a,\"\",c", [["a", "", "c"]]),
        ("a\"b,c", [["a\"b", "c"]]), ("\"a\"b,c", [["ab", "c"]]), ("\"never closed,\nx", [["never closed,"], ["x"]]),
        ("1,\"never closed\n2,\"a, b\"\n3,\"\"", [["1", "never closed"], ["2", "a, b"], ["3", ""]]),
        ("sep=;\na,b;c", [["a,b", "c"]]), ("\u{FEFF}SEP=|\r\na|b", [["a", "b"]]), ("sep=\"\na", [["sep=\""], ["a"]]),
        ("", []), ("\n\na", [[""], [""], ["a"]]), ("a;b\n1,5;2", [["a", "b"], ["1,5", "2"]]),
        ("a\tb", [["a", "b"]]), ("\u{FEFF}a,b", [["a", "b"]]), ("a,b\n;x;", [["a", "b"], [";x;"]]),
    ])
    func reads(_ text: String, _ rows: [[String]]) {
        #expect(Array(CSVReader(Array(text.utf8))) == rows)
    }

    @Test func badBytesBecomeReplacementCharacters() {
        #expect(Array(CSVReader([0x61, 0xFF, 0x2C, 0x00])) == [["a\u{FFFD}", "\u{FFFD}"]])
    }

    @Test func aQuoteThatIsNeverClosedSpoilsItsRowAlone() {
        var reader = CSVReader(Array("a,\"b\n\"c\",d\n".utf8))
        #expect(reader.next() == ["a", "b"])
        #expect(reader.isUnclosed)
        #expect(reader.next() == ["c", "d"])
        #expect(!reader.isUnclosed)
        // Each of them is read at most twice.
        let many = Array(String(repeating: "\"\"\"a\n\"\"b,", count: 400_000).utf8)
        let time = ContinuousClock().measure { #expect(Array(CSVReader(many)).count > 1) }
        #expect(time < .seconds(20))
    }

    @Test(arguments: [
        ("2026-01-05 09:00:01", "2026-01-05T09:00:01Z"), ("2026-01-05T09:00", "2026-01-05T09:00:00Z"),
        ("2026-01-05", "2026-01-05T00:00:00Z"), ("05/01/2026", "2026-01-05T00:00:00Z"),
        ("05/01/2026 9:00", "2026-01-05T09:00:00Z"), ("05/01/2026 09:00:30", "2026-01-05T09:00:30Z"),
        ("14/04/2023 9:00", "2023-04-14T09:00:00Z"), ("2023-04-14 9:00:00", "2023-04-14T09:00:00Z"),
        ("2023-4-1 9:00:00", "2023-04-01T09:00:00Z"), ("1/4/2023T09:00:59.999", "2023-04-01T09:00:59Z"),
        ("04/14/2023 9:05 PM", "2023-04-14T21:05:00Z"), ("04/14/2023 12:00:00am", "2023-04-14T00:00:00Z"),
        ("14.4.2023  12:30 pm", "2023-04-14T12:30:00Z"), ("2023/04/14 00:00", "2023-04-14T00:00:00Z"),
        ("2026-01-05 9:00+02:00", "2026-01-05T07:00:00Z"), ("2026-01-05 9:00 AM-0130", "2026-01-05T10:30:00Z"),
        ("12/31/2025 23:59", "2025-12-31T23:59:00Z"), ("31/12/2025", "2025-12-31T00:00:00Z"), ("32/12/2025", nil),
        ("13/13/2025", nil), ("05/01/26", nil), ("a/b/2025", nil), ("", nil), ("05-01-2026", nil),
        ("2023-04-14 13:00 PM", nil), ("2023-04-14 0:00 AM", nil), ("2023-04-14 9", nil), ("2023-04-14 9:5", nil),
        ("2023-04-14 24:00", nil), ("2023-04-14 9:00:60", nil), ("2023-04-149:00", nil), ("0x7-04-14", nil),
        ("14.13.2023", nil), ("014/04/2023", nil), ("2023-04-14 \u{0669}:00", nil), ("1/1/0000", nil),
    ])
    func times(_ text: String, _ expected: String?) {
        let parsed = ImportTime(text)
        let time: String? =
            switch parsed?.input(parsed?.onlyOrder ?? .dayFirst) {
            case .wall(let wall)?: InstantFormat.text(wall)
            case .instant(let instant)?: InstantFormat.text(instant)
            case nil: nil
            }
        #expect(time == expected)
    }

    @Test func aFileHasOneDateOrder() {
        func order(_ dates: String...) -> ImportDateOrder {
            var votes = ImportDateOrder.Votes()
            for date in dates { votes.add([ImportTime(date)].compactMap(\.self)) }
            return votes.order
        }
        #expect(order("01/02/2024", "2024-01-31") == .dayFirst)
        #expect(order("01/02/2024", "01/13/2024") == .monthFirst)
        #expect(order("01/13/2024", "13/01/2024") == .dayFirst)
        #expect(order("01/13/2024", "13/01/2024", "01/14/2024") == .monthFirst)
    }

    @Test(
        arguments: [
            ([0x61, 0xC3, 0xA9], "aé"), ([0xEF, 0xBB, 0xBF, 0x61], "\u{FEFF}a"),
            ([0xEF, 0xBB, 0xBF, 0xFF], "\u{FEFF}\u{FFFD}"),
            ([0x61, 0xE9, 0x80, 0x9F, 0x81], "aé€Ÿ\u{81}"), ([0xFF, 0xFE, 0x61, 0, 0x3D, 0xD8, 0, 0xDE], "a😀"),
            ([0xFE, 0xFF, 0, 0x61, 0x20, 0xAC, 0x20], "a€"), ([0xFF, 0xFE, 0, 0xD8, 0x61, 0], "\u{FFFD}a"), ([], ""),
        ] as [([UInt8], String)])
    func encodings(_ bytes: [UInt8], _ text: String) {
        #expect(
            String(decoding: ImportText.utf8(bytes), as: UTF8.self).unicodeScalars.elementsEqual(text.unicodeScalars))
    }

    @Test func spansThatOverlapAreFound() {
        var spans = DisjointSpans()
        for (start, end) in [(0, 10), (5, 7), (10, 12), (20, 30)] as [(Int64, Int64)] { spans.append(start, end) }
        spans.insert(14, 16)
        #expect(spans.overlap(11, 13))
        #expect(!spans.overlap(12, 14))
        #expect(spans.overlap(8, 9))
        #expect(spans.overlap(15, 40))
        #expect(!spans.overlap(30, 40))

        // The same as asking every one of them.
        var all: [(Int64, Int64)] = []
        var disjoint = DisjointSpans()
        for _ in 0..<2000 {
            let start = Int64.random(in: 0..<20_000)
            let end = start + Int64.random(in: 1...30)
            let isTaken = all.contains { $0.0 < end && $0.1 > start }
            #expect(disjoint.overlap(start, end) == isTaken)
            if !isTaken {
                all.append((start, end))
                disjoint.insert(start, end)
            }
        }
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
        let unknown = ImportColumns(header: ["Project", "Amount ()", "", "Amount ()", "duration (h)", "Rate"]).unknown
        #expect(unknown == ["Amount ()", "Rate"])
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
