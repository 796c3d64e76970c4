import HTTPTypes

/// `/shortcuts`: the sheet of keyboard shortcuts, which scripts show over any page.
enum HelpPages {
    static let routes = [
        Route(
            .get, path: "/shortcuts", summary: "Keyboard shortcuts", access: .page(.user), response: .string()
        ) { call in
            let places = Navigation.all.filter { $0.isShown(to: call.principal, call.settings) }
            let sheet: [(keys: [String], text: String)] =
                [
                    (["?"], "This sheet"), (["/"], "Search"), (["s"], "Start: into the timer"),
                    (["x"], "Stop the timer"),
                    (["j"], "Next entry"), (["k"], "Previous entry"), (["c"], "Continue the entry in focus"),
                    (["d"], "Timesheet: day"), (["w"], "Timesheet: week"), (["m"], "Timesheet: month"),
                    (["["], "Previous week, day or page"), (["]"], "Next week, day or page"),
                    (["Ctrl", "Enter"], "Save the form"), (["Esc"], "Close"),
                ] + places.map { (["g", $0.key], "Go to \($0.label)") }
            return call.page(
                "shortcuts", title: "Keyboard shortcuts", nil, try await Frame.load(call),
                ["sheet": sheet.map { ["keys": $0.keys, "text": $0.text] as [String: Any] }])
        }
    ]
}
