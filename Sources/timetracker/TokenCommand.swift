import ArgumentParser
import Postgres
import TimeTracker

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Manage API tokens.", subcommands: [Create.self, List.self, Revoke.self])

    struct Create: DatabaseCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token and print it, once, alone on standard output.")
        @OptionGroup var common: CommonOptions
        @Option(help: "User whom the token acts as.") var user: String
        @Option(help: "What the token is for.") var name: String
        @Option(help: "Comma list, such as read:projects,write:time_entries or read:*.") var scopes: String
        @Option(
            parsing: .unconditional,
            help: "Days until it expires, at most 3650; 0 and less = expired already. Without it never.")
        var expiresDays: Int?
        @Option(help: "Comma list of addresses and CIDR blocks from which it may be used.") var allowedIps: String?

        func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
            Terminal.print(
                try await TokenAdmin(db: db).create(
                    user: user, name: name, scopes: scopes, expiresDays: expiresDays, allowedAddresses: allowedIps))
        }
    }

    struct List: DatabaseCommand {
        static let configuration = CommandConfiguration(abstract: "List tokens; never their text.")
        @OptionGroup var common: CommonOptions
        @Option(help: "Only this user's.") var user: String?

        func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
            let tokens = try await TokenAdmin(db: db).list(user: user)
            Terminal.table(
                [["ID", "NAME", "PREFIX", "USER", "STATUS", "EXPIRES", "USES", "SCOPES"]]
                    + tokens.map {
                        [
                            "\($0.id)", $0.name, "\($0.prefix)...", $0.username, $0.isActive ? "active" : "revoked",
                            $0.expiresAt?.text ?? "never", "\($0.usageCount)", $0.scopes,
                        ]
                    })
        }
    }

    struct Revoke: DatabaseCommand {
        static let configuration = CommandConfiguration(abstract: "Make a token useless, within a second.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "Id from 'timetracker token list'.") var id: Int64

        func run(_ db: PostgresClient, _ configuration: AppConfiguration) async throws {
            try await TokenAdmin(db: db).revoke(id: id)
            Terminal.print("revoked token \(id)")
        }
    }
}
