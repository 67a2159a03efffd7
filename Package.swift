// swift-tools-version: 6.2
// The rooms of the mail complex and the arrows between them (docs/architecture.md); a test compares both.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Rooms whose loops run over every octet are optimised in debug builds too (a Span loop is some 20 times slower without).
let hot: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

let package = Package(
    name: "postmaster",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "postmaster", targets: ["postmaster"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // C libraries of the system
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CICU", linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icudata")]),
        .target(name: "CPlatform"),

        // Grammar and machines: no socket, clock, task or store
        room("MailFormat", ["CICU"], hot),
        room("Catalogue", ["MailFormat"]),
        room("SASL", []),
        room("SMTPProtocol", ["MailFormat", "Catalogue"], hot),
        room("IMAPProtocol", ["MailFormat", "SASL"], hot),
        room("DNS", ["MailFormat"]),
        room("Measurement", []),

        // State
        room("Storage", ["CPlatform", "CZstd", .product(name: "GRDB", package: "GRDB.swift")]),
        room("Accounts", ["MailFormat", "Storage", "CSodium"]),
        room("Mailboxes", ["MailFormat", "Storage"], hot),
        room("Ledger", ["Storage"]),

        // The one door
        room("Policy", ["MailFormat", "Catalogue", "Accounts"]),
        room("Intake", ["MailFormat", "Catalogue", "Accounts", "Ledger", "Storage", "Policy", "Mailboxes", "Measurement"]),

        // Drivers
        room(
            "Servers",
            [
                "SMTPProtocol", "IMAPProtocol", "SASL", "Accounts", "Mailboxes", "Policy", "Intake", "Catalogue", "MailFormat", "Measurement",
                "Storage", .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
            ] + nio),
        room(
            "Web",
            [
                "MailFormat", "Measurement", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ] + nio),

        // Composition
        room(
            "PostmasterKit",
            [
                "MailFormat", "Catalogue", "SMTPProtocol", "DNS", "Storage", "Accounts", "Mailboxes", "Ledger", "Policy", "Intake", "Servers", "Web",
                "Measurement", "CSodium",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "TOMLKit", package: "TOMLKit"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Crypto", package: "swift-crypto"),
            ] + nio),
        .executableTarget(name: "postmaster", dependencies: ["PostmasterKit"], swiftSettings: strict),
        room("PostmasterTesting", ["MailFormat", "Catalogue", "SMTPProtocol", "Storage", "Mailboxes"]),

        // Tests
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        tests("MailFormat", []),
        tests("Catalogue", ["MailFormat"]),
        tests("SASL", []),
        tests("SMTPProtocol", ["MailFormat", "Catalogue"]),
        tests("IMAPProtocol", ["MailFormat", "SASL"]),
        tests("DNS", ["MailFormat"]),
        tests("Measurement", []),
        tests("Storage", ["CPlatform"]),
        tests("Accounts", ["MailFormat", "Storage"]),
        tests("Mailboxes", ["MailFormat", "Storage"]),
        tests("Ledger", ["Storage"]),
        tests("Policy", ["MailFormat", "Catalogue", "Accounts"]),
        tests("Servers", ["SMTPProtocol", "IMAPProtocol", "Catalogue", "MailFormat", "Mailboxes", "Accounts", "Storage", "Measurement"] + nio
            + [.product(name: "NIOSSL", package: "swift-nio-ssl")]),
        tests("Web", ["MailFormat", "Measurement", .product(name: "Hummingbird", package: "hummingbird"), logging] + nio),
        tests(
            "PostmasterKit",
            [
                "MailFormat", "Storage", "Accounts", "Mailboxes", "Measurement", "DNS", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        .testTarget(name: "SystemTests", dependencies: ["PostmasterTesting", "MailFormat"], swiftSettings: strict),
    ]
)

/// A room of the mail complex; its README says what lives there.
func room(_ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = strict) -> Target {
    let needsLog = ["Servers", "Web", "PostmasterKit"].contains(name)
    let readmes: [String] =
        switch name {
        case "PostmasterTesting": ["System/README.md"]
        case "Servers": ["README.md", "SMTP/README.md", "PROXY/README.md", "Connections/README.md"]
        default: ["README.md"]
        }
    return .target(name: name, dependencies: dependencies + (needsLog ? [logging] : []), exclude: readmes, swiftSettings: settings)
}

/// A room's tests.
func tests(_ room: String, _ others: [Target.Dependency]) -> Target {
    .testTarget(name: "\(room)Tests", dependencies: [.target(name: room), "PostmasterTesting"] + others, swiftSettings: strict)
}
