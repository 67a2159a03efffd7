// What a mail client lists a message by, worked out once at arrival and kept in the form it goes to the wire in.

/// ENVELOPE, BODYSTRUCTURE, sent date and preview of a message.
package struct MessageSummary: Hashable, Sendable {
    private let octets: [UInt8]
    /// Where the pieces lie in `encoded()`.
    package let layout: SummaryLayout

    /// Works out the summary of a message from its octets and their tree.
    package static func render(_ octets: Span<UInt8>, _ tree: MIMETree) -> MessageSummary {
        var output = [UInt8](repeating: 0, count: SummaryLayout.headCount)
        output.reserveCapacity(2_048)
        var addressesLeft = EnvelopeWriter.addressLimit
        EnvelopeWriter.append(tree.message.header, octets, addressesLeft: &addressesLeft, to: &output)
        let envelope = output.count - SummaryLayout.headCount
        BodyStructureWriter.append(tree, octets, isExtensible: true, addressesLeft: addressesLeft, to: &output)
        let bodyStructure = output.count - SummaryLayout.headCount - envelope
        Preview.append(octets, tree, to: &output)
        let preview = output.count - SummaryLayout.headCount - envelope - bodyStructure
        let sent = tree.message.header.first(.date).flatMap { MessageDate.parse(octets, in: $0.bodyRange) }
        let layout = SummaryLayout(envelope: envelope, bodyStructure: bodyStructure, preview: preview, sentDate: sent?.seconds)
        layout.write(to: &output)
        return MessageSummary(octets: output, layout: layout)
    }

    private init(octets: [UInt8], layout: SummaryLayout) {
        self.octets = octets
        self.layout = layout
    }

    /// The stored form. It is what the summary is held in, so nothing is copied.
    package func encoded() -> [UInt8] { self.octets }

    /// A stored summary; nil when it is of another version, cut or damaged, and has to be worked out again.
    package init?(decoding octets: [UInt8]) {
        guard let layout = SummaryLayout(octets.span) else { return nil }
        self.init(octets: octets, layout: layout)
    }

    /// The ENVELOPE in wire form, parentheses included (RFC 9051 §7.5.2).
    package var envelope: [UInt8] { Array(self.octets[self.layout.envelope]) }

    /// The extensible BODYSTRUCTURE in wire form, parentheses included (RFC 9051 §7.5.2).
    package var bodyStructure: [UInt8] { Array(self.octets[self.layout.bodyStructure]) }

    /// The first words of the text, at most `Preview.characterLimit` characters (RFC 8970).
    package var preview: String { String(decoding: self.octets[self.layout.preview], as: UTF8.self) }

    /// When the message says it was sent, in seconds since 1970; nil without a readable Date field.
    package var sentDate: Int64? { self.layout.sentDate }

    /// Lends the ENVELOPE without a copy.
    package func withEnvelope<R>(_ body: (Span<UInt8>) throws -> R) rethrows -> R {
        try body(self.octets.span.extracting(self.layout.envelope))
    }

    /// Lends the BODYSTRUCTURE without a copy.
    package func withBodyStructure<R>(_ body: (Span<UInt8>) throws -> R) rethrows -> R {
        try body(self.octets.span.extracting(self.layout.bodyStructure))
    }

    /// The BODY of a message, which is BODYSTRUCTURE without extension data (RFC 9051 §7.5.2), in wire form.
    package static func body(_ octets: Span<UInt8>, _ tree: MIMETree) -> [UInt8] {
        var output: [UInt8] = []
        BodyStructureWriter.append(tree, octets, isExtensible: false, addressesLeft: EnvelopeWriter.addressLimit, to: &output)
        return output
    }

    /// The ENVELOPE of a header alone, in wire form.
    package static func envelope(of header: HeaderBlock, _ octets: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var addressesLeft = EnvelopeWriter.addressLimit
        EnvelopeWriter.append(header, octets, addressesLeft: &addressesLeft, to: &output)
        return output
    }
}
