/// What a saved report is given: its name, and whether others see it.
enum SavedReportInput {
    static let name = InputField<String>.string(
        "name", max: SavedReport.longestName, min: 1, required: "A name is needed.")
    static let isShared = InputField<Bool>.boolean("is_shared")
    static let body = BodySchema("SavedReportInput", [name, isShared])

    static func read(_ call: Call) throws -> (name: String, isShared: Bool) {
        var input = try call.input()
        let name = input.get(Self.name)
        let isShared = input.get(Self.isShared)
        try input.finish()
        return (name.value ?? "", isShared.value ?? false)
    }
}
