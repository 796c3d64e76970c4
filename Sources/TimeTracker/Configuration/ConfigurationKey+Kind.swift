import Redis

extension ConfigurationKey {
    /// What values a key takes.
    enum Kind: Sendable {
        case text
        /// Letters, digits and `. _ : -`.
        case word
        case username
        /// `owner/name`.
        case repository
        /// Three letters (ISO 4217).
        case currency
        case integer(ClosedRange<Int>)
        /// Below the range the lower bound is meant, which is no error (behaviour.md §2.8).
        case clamped(ClosedRange<Int>)
        case decimal(ClosedRange<Double>)
        case boolean
        /// `true` in any case is true, all else false (behaviour.md §11.4).
        case flag
        case choice([String])
        case url([String])
        case redis
        case workers
        case bind
        /// Addresses and CIDR blocks.
        case networks
        case password
        case secretKey

        /// For the documentation.
        var description: String {
            switch self {
            case .text, .password, .secretKey: "text"
            case .word: "letters, digits and . _ : -"
            case .username: "letters, digits and . _ -"
            case .repository: "owner/name"
            case .currency: "three letters"
            case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
            case .clamped(let range):
                "up to \(range.upperBound); below \(range.lowerBound) counts as \(range.lowerBound)"
            case .decimal(let range): "\(range.lowerBound) to \(range.upperBound)"
            case .boolean: "true or false"
            case .flag: "true; all else is false"
            case .choice(let choices): choices.joined(separator: ", ")
            case .redis:
                "redis://[[user]:password@]host[:port][/database], redis+sentinel://host:port,host:port/master[/database], unix:///path[?db=n]"
            case .url(let schemes): schemes.map { "\($0)://" }.joined(separator: ", ")
            case .workers: "auto, or 1 to 256"
            case .bind: "host:port, [v6]:port, unix:/path; comma-separated"
            case .networks: "addresses and CIDR blocks, comma-separated; empty = none"
            }
        }

        func normalise(_ value: String) throws(BadValue) -> String {
            guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
                throw BadValue("must not contain control characters")
            }
            return switch self {
            case .integer, .clamped, .decimal: try number(value)
            case .username, .repository, .currency, .word: try name(value)
            case .url(let schemes): try Self.url(value, schemes)
            case .redis: try Self.redis(value)
            case .password, .secretKey: try secret(value)
            case .text, .boolean, .flag, .choice, .workers, .bind, .networks: try plain(value)
            }
        }

        private func plain(_ value: String) throws(BadValue) -> String {
            switch self {
            case .boolean:
                guard let flag = Self.boolean(value) else { throw BadValue("must be true or false") }
                return String(flag)
            case .flag:
                return String(value.lowercased() == "true")
            case .choice(let choices) where !choices.contains(value):
                throw BadValue("must be one of \(choices.joined(separator: ", "))")
            case .workers where value != "auto" && !(1...256).contains(Int(value) ?? 0):
                throw BadValue("must be auto, or a whole number from 1 to 256")
            case .bind where BindAddress.parse(list: value) == nil:
                throw BadValue("must be host:port, [v6]:port or unix:/path; one of each kind at most, comma-separated")
            case .networks:
                return try Self.networks(value)
            default:
                return value
            }
        }

        private static func networks(_ value: String) throws(BadValue) -> String {
            let items = Tags.split(value)
            guard !items.isEmpty, items.allSatisfy(IPAllowList.isItem) else {
                throw BadValue("must be addresses such as 192.0.2.1 and blocks such as 10.0.0.0/8, comma-separated")
            }
            return items.joined(separator: ", ")
        }

        private static func boolean(_ text: String) -> Bool? {
            switch text.lowercased() {
            case "true", "1", "yes", "on": true
            case "false", "0", "no", "off": false
            default: nil
            }
        }
    }
}

extension ConfigurationKey.Kind {
    private func number(_ value: String) throws(BadValue) -> String {
        switch self {
        case .integer(let range):
            guard let number = Int(value), range.contains(number) else {
                throw BadValue("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return String(number)
        case .clamped(let range):
            guard let number = Int(value), number <= range.upperBound else {
                throw BadValue("must be a whole number up to \(range.upperBound)")
            }
            return String(max(number, range.lowerBound))
        case .decimal(let range):
            guard let number = Double(value), range.contains(number) else {
                throw BadValue("must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        default:
            return value
        }
    }

    private func name(_ value: String) throws(BadValue) -> String {
        switch self {
        case .username:
            let name = value.lowercased()
            guard name.utf8.count <= 80, Self.consists(name, of: "._-") else {
                throw BadValue("must be 1 to 80 letters, digits, dots, dashes or underscores")
            }
            return name
        case .repository:
            let parts = value.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ Self.consists($0, of: "._-") }) else {
                throw BadValue("must be owner/name")
            }
            return value
        case .currency:
            guard value.utf8.count == 3, Self.consists(value, of: ""), !value.contains(where: \.isNumber) else {
                throw BadValue("must be three letters")
            }
            return value.uppercased()
        default:
            guard Self.consists(value, of: "._:-") else { throw BadValue("must be letters, digits, and . _ : - only") }
            return value
        }
    }

    /// Whether the text is made of ASCII letters, digits and `others`, and not empty.
    private static func consists(_ text: some StringProtocol, of others: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || others.contains($0)) }
    }

    private func secret(_ value: String) throws(BadValue) -> String {
        if case .secretKey = self {
            try SecretKey.check(value)
        } else if value.count < 8 {
            throw BadValue("must have 8 characters or more")
        }
        return value
    }

    private static func url(_ value: String, _ schemes: [String]) throws(BadValue) -> String {
        guard schemes.contains(where: { value.hasPrefix("\($0)://") && value.utf8.count > $0.utf8.count + 3 }) else {
            throw BadValue("must begin with \(schemes.map { "\($0)://" }.joined(separator: " or "))")
        }
        return value
    }

    private static func redis(_ value: String) throws(BadValue) -> String {
        do {
            _ = try RedisConfiguration(url: value)
        } catch {
            throw BadValue("can't be used: \(error.description)")
        }
        return value
    }
}
