// Runs a complete mail complex on loopback, with accounts to try.
import Accounts
import ArgumentParser
import Foundation
import Storage

/// `postmaster demo`, which `make run` starts.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run a complete mail complex on this machine's loopback, with two accounts to try.",
        discussion: "It needs no network, no configuration and no other program. Everything it keeps is in one folder.")

    @Option(help: "The folder of the demo's state.", completion: .directory)
    var data = ".demo"
    @Option(help: "A number added to every port, so that several demos run side by side.")
    var portOffset = 0
    @Option(help: "One password for all demo accounts. Others on this machine may see it in the list of processes.")
    var password: String?
    @Flag(help: "Print nothing about what to try; log warnings only.")
    var quiet = false

    func run() async throws {
        var options = DemoOptions()
        options.folder = data
        options.portOffset = portOffset
        options.password = password
        options.isQuiet = quiet
        let configuration = try DemoProfile.configuration(options)
        do {
            let members = try await Self.prepare(configuration, options)
            let console = Console.current
            let complex = try Complex(configuration: configuration) { () throws(ConfigurationProblems) in configuration }
            let isQuiet = quiet
            try await complex.run(ready: { if !isQuiet { console.out(DemoText.ready(configuration, members)) } })
        } catch { throw CommandFailure(error) }
    }

    /// Writes the zone and makes the household, before the server takes the folder.
    private static func prepare(_ configuration: PostmasterConfiguration, _ options: DemoOptions) async throws -> [DemoHousehold.Member] {
        if let holder = DataFolder.holder(of: options.folder) {
            throw CommandFailure(
                .busy, "\(options.folder) is in use by another server (process \(holder))",
                advice: "Stop it, or start a second demo with --data DIR and --port-offset N.")
        }
        try DataFolder.makeFolder(options.folder)
        let zone = configuration.data.resolve(configuration.dns.zoneFile)
        guard FileManager.default.createFile(atPath: zone, contents: Data(DemoZone.text.utf8)) else {
            throw CommandFailure(.storage, "\(zone) cannot be written")
        }
        let access = try AccountAccess(configuration)
        defer {
            access.store.close()
            access.database.close()
        }
        return try await DemoHousehold.prepare(access.store, folder: options.folder, password: options.password)
    }
}
