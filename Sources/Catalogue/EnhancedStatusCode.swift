// Class, subject and detail of an answer.

/// An enhanced status code (RFC 3463, RFC 2034, registry of RFC 5248).
package struct EnhancedStatusCode: Hashable, Sendable, CustomStringConvertible {
    package let statusClass: UInt16
    package let subject: UInt16
    package let detail: UInt16

    package init(_ statusClass: UInt16, _ subject: UInt16, _ detail: UInt16) {
        self.statusClass = statusClass
        self.subject = subject
        self.detail = detail
    }

    package var description: String { "\(statusClass).\(subject).\(detail)" }
}
