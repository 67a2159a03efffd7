// What the intake needs to know of this installation.
package import Catalogue
package import MailFormat

/// Settings of the intake.
package struct IntakeConfiguration: Sendable {
    /// This host's name, in trace fields.
    package var hostName: String
    package var names: OperatorNames
    /// The provider's own IP space.
    package var customers: [IPNetwork]
    /// Messages up to this size are parsed where they arrive; larger ones go to a task, so that an event loop is never held up, in octets.
    package var inlineLimit = 65_536

    package init(hostName: String, names: OperatorNames, customers: [IPNetwork] = []) {
        self.hostName = hostName
        self.names = names
        self.customers = customers
    }
}
