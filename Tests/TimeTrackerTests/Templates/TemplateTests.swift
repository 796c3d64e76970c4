import NIOCore
import Testing

@testable import TimeTracker

/// Templates as mustache(5) describes them, and every template of the pages.
@Suite struct TemplateTests {
    private func render(_ text: String, _ values: [String: Any] = [:], _ others: (String, String)...) throws -> String {
        let sources = ([("t", text)] + others).map { (name: $0.0, text: Array($0.1.utf8)) }
        let library = try TemplateLibrary(sources)
        return String(buffer: try #require(library.render("t", values)))
    }

    @Test func variablesAreEscaped() throws {
        let hostile = #"<script>"&'</script>"#
        let escaped = "&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;"
        #expect(try render("a{{x}}b", ["x": hostile]) == "a\(escaped)b")
        #expect(try render("{{{x}}}{{&x}}", ["x": HTML(hostile)]) == hostile + hostile)
        #expect(try render("{{{x}}}{{&x}}", ["x": hostile]) == escaped + escaped)
        #expect(try render("{{ x }}", ["x": "e\u{301}<\u{301}"]) == "e\u{301}&lt;\u{301}")
        #expect(try render("{{x}}", ["x": "{{y}}", "y": "no"]) == "{{y}}")
    }

    @Test func numbersAndWhatIsMissing() throws {
        #expect(try render("{{a}}{{b}}{{c}}|{{d}}", ["a": 1, "b": Int64(-2), "c": 0.5]) == "1-20.5|")
    }

    @Test func sections() throws {
        let values: [String: Any] = [
            "yes": true, "no": false, "list": [["x": "1"], ["x": "2"]] as [[String: Any]], "texts": ["a", "b"],
            "none": [[String: Any]](), "noText": [String](), "object": ["x": "o"] as [String: Any], "text": "",
        ]
        #expect(try render("{{#yes}}y{{/yes}}{{#no}}n{{/no}}{{#gone}}g{{/gone}}", values) == "y")
        #expect(try render("{{^yes}}y{{/yes}}{{^no}}n{{/no}}{{^gone}}g{{/gone}}", values) == "ng")
        #expect(try render("{{#list}}[{{x}}]{{/list}}{{#texts}}<{{.}}>{{/texts}}", values) == "[1][2]<a><b>")
        #expect(
            try render("{{#none}}x{{/none}}{{^none}}-{{/none}}{{#noText}}x{{/noText}}{{^noText}}-{{/noText}}", values)
                == "--")
        #expect(try render("{{#object}}{{x}}{{/object}}{{object.x}}{{object.y}}{{object.x.z}}", values) == "oo")
        #expect(try render("{{#text}}there{{/text}}{{^text}}not{{/text}}", values) == "there")
    }

    @Test func namesAreLookedUpOutwards() throws {
        let values: [String: Any] = [
            "x": "outer", "y": "only", "list": [["x": "inner"], [:]] as [[String: Any]], "texts": ["t"],
        ]
        #expect(try render("{{#list}}{{x}} {{y}};{{/list}}", values) == "inner only;outer only;")
        #expect(try render("{{#texts}}{{.}} {{x}}{{/texts}}", values) == "t outer")
    }

    @Test func lonelyTagsLeaveNoLine() throws {
        #expect(try render("a\n{{#x}}\nb\n  {{/x}}  \nc\n", ["x": true]) == "a\nb\nc\n")
        #expect(try render("a\r\n{{! comment }}\r\nb") == "a\r\nb")
        #expect(try render("a {{#x}}\nb{{/x}}\n", ["x": true]) == "a \nb\n")
        #expect(try render("{{x}}\n", ["x": "1"]) == "1\n")
        #expect(try render("{{#x}}{{/x}}\na", ["x": true]) == "\na")
    }

    @Test func partialsAndParents() throws {
        #expect(try render("{{#l}}{{>p}}{{/l}}", ["l": ["a", "b"]], ("p", "<{{.}}>")) == "<a><b>")
        #expect(try render("{{>*which}}{{>*other}}", ["which": "p"], ("p", "p!")) == "p!")
        let layout = "<{{$title}}none{{/title}}|{{$body}}empty{{/body}}>"
        #expect(try render("{{<l}}{{$body}}{{x}}{{/body}}ignored{{/l}}", ["x": "&"], ("l", layout)) == "<none|&amp;>")
        #expect(try render("{{<l}}{{/l}}{{$free}}here{{/free}}", [:], ("l", layout)) == "<none|empty>here")
        // A parent may have a parent; what stands further out has the last word.
        let middle = "{{<l}}{{$title}}middle{{/title}}{{$body}}{{$inner}}-{{/inner}}{{/body}}{{/l}}"
        #expect(
            try render("{{<m}}{{$title}}mine{{/title}}{{$inner}}+{{/inner}}{{/m}}", [:], ("m", middle), ("l", layout))
                == "<mine|+>")
    }

    @Test(arguments: [
        ("a\n{{#x}}", "t:2: {{/x}} is missing"), ("{{/x}}", "t:1: {{/x}} ends nothing"),
        ("{{#x}}{{/y}}", "t:1: {{/y}} ends nothing"), ("{{x", "t:1: a tag has no end"),
        ("{{>p}}", "t:1: there is no template 'p'"), ("{{#a}}{{<p}}{{/p}}{{/a}}", "t:1: there is no template 'p'"),
        ("{{=<% %>=}}", "t:1: delimiters can't be changed"), ("{{a..b}}", "t:1: 'a..b' is no name"),
    ])
    func faultsAreFoundWhenTheyAreParsed(_ text: String, _ problem: String) {
        let error = #expect(throws: TemplateError.self) { try render(text) }
        #expect(error?.description == problem)
    }

    @Test func everyPageTemplateCanBeRendered() throws {
        let library = try TemplateLibrary(PageTemplates.sources)
        for (name, _) in PageTemplates.sources {
            let text = String(buffer: try #require(library.render(name, [:])))
            #expect(!text.contains("{{"), "\(name)")
        }
        #expect(library.render("nothing", [:]) == nil)
    }
}
