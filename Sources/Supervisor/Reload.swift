/// How a running supervisor learns of a new configuration: it asks the program that is now on disk, which checks it as it
/// would at its own start. A program that doesn't run, or doesn't like what it finds, changes nothing.
public struct Reload {
    /// What a new configuration means for the supervisor.
    public struct Accepted {
        public var configuration: SupervisorConfiguration
        public var companions: [ServiceProcess]
        /// Arguments of the program for a last look before anything is replaced: the database's schema.
        public var check: [String]
        /// Handed to the check instead of the workers' secrets.
        public var checkSecrets: Secrets
        /// Whether the check's exit status refuses the configuration.
        public var isRefusal: @Sendable (Int32) -> Bool

        public init(
            configuration: SupervisorConfiguration, companions: [ServiceProcess], check: [String],
            checkSecrets: Secrets, isRefusal: @escaping @Sendable (Int32) -> Bool
        ) {
            self.configuration = configuration
            self.companions = companions
            self.check = check
            self.checkSecrets = checkSecrets
            self.isRefusal = isRefusal
        }
    }

    /// Arguments with which the program prints its configuration on standard output; what is wrong goes to standard error.
    public var arguments: [String]
    /// As the supervisor got it, without what is secret.
    public var environment: [String: String]
    /// What was secret in its environment.
    public var secrets: Secrets
    /// Reads what the program has printed. What it throws is the reason of the refusal.
    public var read: ([UInt8]) throws -> Accepted

    public init(
        arguments: [String], environment: [String: String], secrets: Secrets,
        read: @escaping ([UInt8]) throws -> Accepted
    ) {
        self.arguments = arguments
        self.environment = environment
        self.secrets = secrets
        self.read = read
    }

    enum Purpose: Equatable {
        /// HUP: workers with the new configuration and program.
        case workers
        /// USR2: the supervisor too.
        case supervisor
    }

    /// A reload on its way.
    struct Progress {
        let purpose: Purpose
        var probe: Probe
        /// Set once the configuration has been read and the check runs.
        var accepted: Accepted?
    }
}
