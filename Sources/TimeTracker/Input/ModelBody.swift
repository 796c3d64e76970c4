/// A body whose fields set properties of a model: what it may contain, what it says, and where that goes, declared once.
struct ModelBody<Model>: Sendable {
    /// A field and the property that it sets.
    struct Field: Sendable {
        fileprivate let field: any AnyInputField
        fileprivate let read: @Sendable (inout InputReader) -> (@Sendable (inout Model) -> Void)?
        fileprivate let typed: @Sendable (Model) -> String

        /// - Parameter adjust: what is stored of the value.
        init<Value: TypedText>(
            _ field: InputField<Value>, _ property: any WritableKeyPath<Model, Value> & Sendable,
            _ adjust: @escaping @Sendable (Value) -> Value = { $0 }
        ) {
            self.field = field
            typed = { $0[keyPath: property].typed }
            read = { input in
                guard let value = input.get(field).value else { return nil }
                return { $0[keyPath: property] = adjust(value) }
            }
        }

        /// A field that null clears.
        ///
        /// - Parameter adjust: what is stored of the value.
        init<Value: TypedText>(
            _ field: InputField<Value>, _ property: any WritableKeyPath<Model, Value?> & Sendable,
            _ adjust: @escaping @Sendable (Value) -> Value? = { $0 }
        ) {
            self.field = field
            typed = { $0[keyPath: property]?.typed ?? "" }
            read = { input in
                let sent = input.get(field)
                guard sent.isPresent else { return nil }
                return { $0[keyPath: property] = sent.value.flatMap(adjust) }
            }
        }

        /// A field that null sets back to `standard`.
        init<Value: TypedText>(
            _ field: InputField<Value>, _ property: any WritableKeyPath<Model, Value> & Sendable, orNull standard: Value
        ) {
            self.field = field
            typed = { $0[keyPath: property].typed }
            read = { input in
                let sent = input.get(field)
                guard sent.isPresent else { return nil }
                return { $0[keyPath: property] = sent.value ?? standard }
            }
        }
    }

    let schema: BodySchema
    private let fields: [Field]

    /// - Parameter name: of the schema in the API's document.
    init(_ name: String, _ fields: [Field]) {
        self.fields = fields
        schema = BodySchema(name, fields.map(\.field))
    }

    /// Takes its fields; what is wrong with them is in the reader's errors.
    func edit(_ input: inout InputReader) -> Edit<Model> {
        Edit(fields.compactMap { $0.read(&input) })
    }

    /// The model's values as a form shows them, by field.
    func typed(_ model: Model) -> [String: String] {
        Dictionary(uniqueKeysWithValues: fields.map { ($0.field.key, $0.typed(model)) })
    }
}

extension InputField {
    /// The same field with values of another type.
    func map<Other>(_ make: @escaping @Sendable (Value) -> Other) -> InputField<Other> {
        InputField<Other>(
            key, aliases: aliases, required: required, nullable: isNullable, emptyIsNull: emptyIsNull, schema: schema
        ) { parse($0).map(make) }
    }
}
