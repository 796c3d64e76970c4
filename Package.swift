// swift-tools-version:6.2

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // The compiler proves exclusive access in our own code nearly everywhere; looking again at run time costs about 6 %.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
    // What is tested is what ships, from one build; internal names stay visible in it, which costs no time.
    .unsafeFlags(["-enable-testing"], .when(configuration: .release)),
]

/// What is tested is optimised, the tests themselves are not: that would take longer than running them.
let testSettings: [SwiftSetting] = swiftSettings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let package = Package(
    name: "timetracker",
    products: [
        .executable(name: "timetracker", targets: ["timetracker"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CPostgres",
            pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"])]
        ),
        .systemLibrary(
            name: "CRedis",
            providers: [.apt(["libhiredis-dev"])]
        ),
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .target(name: "CKernel"),
        .target(name: "CCrypto", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "Cryptography", dependencies: ["CCrypto"], swiftSettings: swiftSettings),
        .target(name: "Reactor", dependencies: ["CKernel"], swiftSettings: swiftSettings),
        .target(
            name: "Postgres",
            dependencies: [
                "CKernel", "CPostgres", "Reactor",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Redis",
            dependencies: [
                "CRedis", "Reactor",
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "HTTPClient",
            dependencies: ["CCurl", "Reactor", .product(name: "DequeModule", package: "swift-collections")],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Observability",
            dependencies: [
                "CKernel", .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Supervisor",
            dependencies: ["CKernel", "Observability"],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "TimeTracker",
            dependencies: [
                "CKernel", "Cryptography", "HTTPClient", "Reactor", "Postgres", "Redis", "Observability",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Yams", package: "Yams"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            resources: [
                .embedInCode("Storage/Migrations"), .embedInCode("Web/Assets"), .embedInCode("Web/Templates"),
                .embedInCode("Demonstration/demo.sql"), .embedInCode("Demonstration/demo_business.sql"),
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "timetracker",
            dependencies: [
                "Observability", "Postgres", "Reactor", "Supervisor", "TimeTracker",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "TestSupport", dependencies: ["Postgres", "Reactor", "TimeTracker"], path: "Tests/TestSupport",
            swiftSettings: testSettings),
        .testTarget(
            name: "PostgresTests",
            dependencies: ["CKernel", "CPostgres", "Postgres", "Reactor"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "ObservabilityTests",
            dependencies: [
                "CKernel", "Observability", .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "SupervisorTests", dependencies: ["Observability", "Supervisor"], swiftSettings: testSettings),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography"], swiftSettings: testSettings),
        .testTarget(name: "HTTPClientTests", dependencies: ["HTTPClient", "Reactor"], swiftSettings: testSettings),
        .testTarget(name: "RedisTests", dependencies: ["CRedis", "Reactor", "Redis"], swiftSettings: testSettings),
        .testTarget(
            name: "TimeTrackerTests",
            dependencies: [
                "CKernel", "Observability", "Postgres", "Reactor", "Redis", "TestSupport", "TimeTracker",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["CKernel", "CPostgres", "TestSupport", "timetracker"],
            swiftSettings: testSettings
        ),
    ]
)
