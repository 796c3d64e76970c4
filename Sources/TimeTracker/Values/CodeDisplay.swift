/// A project's code, or what stands in for it: the first four non-blank characters of its name, upper case.
func codeDisplay(name: String, code: String?) -> String {
    if let code, !code.isEmpty { return code }
    return String(name.lazy.filter { !$0.isWhitespace }.prefix(4)).uppercased()
}
