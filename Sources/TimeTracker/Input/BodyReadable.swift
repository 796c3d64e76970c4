/// What is read from the fields of a request's body.
protocol BodyReadable {
    /// Takes its fields; what is wrong with them is in the reader's errors.
    init(_ input: inout InputReader)
}
