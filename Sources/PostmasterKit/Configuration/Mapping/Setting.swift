// One key of the configuration: its type, default, meaning and check, and how it reaches its field.

/// A key of a section, bound to a field of `Root`.
package struct Setting<Root: Sendable>: Sendable {
    /// The key, in lower case with hyphens.
    package let key: String
    /// What is accepted, in a word or two.
    package let form: String
    /// What is accepted, completing "expected …".
    package let expected: String
    /// What the setting means, in a sentence or two.
    package let documentation: String
    /// Puts a node of the file into the root; false where it is not of the form. In a list the number of the first wrong item comes too.
    let take: @Sendable (ConfigurationNode, inout Root) -> Refusal?
    /// Puts the text of a variable into the root.
    let takeText: @Sendable (String, inout Root) -> Refusal?
    /// The value of a root, written back.
    package let render: @Sendable (Root) -> ConfigurationNode

    /// Why a value was not taken.
    struct Refusal {
        var expected: String
        /// The number of the first item of a list that is wrong.
        var item: Int?
    }

    /// Binds a key to a field.
    /// - Parameter check: what beyond the form must hold: completes "expected …" where it does not, else nil.
    package init<Value: Sendable>(
        _ key: String, _ field: any WritableKeyPath<Root, Value> & Sendable, _ form: ValueForm<Value>, _ documentation: String,
        check: (@Sendable (Value) -> String?)? = nil
    ) {
        self.key = key
        self.form = form.name
        self.expected = form.expected
        self.documentation = documentation
        let store: @Sendable (Value?, inout Root) -> Refusal? = { value, root in
            guard let value else { return Refusal(expected: form.expected) }
            if let expected = check?(value) { return Refusal(expected: expected) }
            root[keyPath: field] = value
            return nil
        }
        self.take = { node, root in
            var refusal = store(form.parse(node), &root)
            if refusal != nil, case .array(let items) = node, items.count > 1 {
                refusal?.item = items.firstIndex { form.parse(.array([$0])) == nil }
            }
            return refusal
        }
        self.takeText = { text, root in store(form.parseText(text), &root) }
        self.render = { root in form.render(root[keyPath: field]) }
    }

    private init(
        key: String, form: String, expected: String, documentation: String, take: @escaping @Sendable (ConfigurationNode, inout Root) -> Refusal?,
        takeText: @escaping @Sendable (String, inout Root) -> Refusal?, render: @escaping @Sendable (Root) -> ConfigurationNode
    ) {
        self.key = key
        self.form = form
        self.expected = expected
        self.documentation = documentation
        self.take = take
        self.takeText = takeText
        self.render = render
    }

    /// The same key, bound to the field of a larger root that holds this one.
    func lifted<Whole: Sendable>(to field: any WritableKeyPath<Whole, Root> & Sendable) -> Setting<Whole> {
        Setting<Whole>(
            key: self.key, form: self.form, expected: self.expected, documentation: self.documentation,
            take: { node, whole in self.take(node, &whole[keyPath: field]).map { .init(expected: $0.expected, item: $0.item) } },
            takeText: { text, whole in self.takeText(text, &whole[keyPath: field]).map { .init(expected: $0.expected, item: $0.item) } },
            render: { whole in self.render(whole[keyPath: field]) })
    }
}

/// A section of the file and its keys, in the order of the manual.
package struct Section<Root: Sendable>: Sendable {
    package let name: String
    /// What the section is for, in a sentence or two.
    package let documentation: String
    package let settings: [Setting<Root>]

    package init(_ name: String, _ documentation: String, _ settings: [Setting<Root>]) {
        self.name = name
        self.documentation = documentation
        self.settings = settings
    }

    /// The section of a whole configuration that holds this one's root in a field.
    func lifted<Whole: Sendable>(to field: any WritableKeyPath<Whole, Root> & Sendable) -> Section<Whole> {
        Section<Whole>(self.name, self.documentation, self.settings.map { $0.lifted(to: field) })
    }

    /// The environment variable of a key: `POSTMASTER_EDGE_MESSAGE_SIZE`.
    package func variable(of key: String) -> String {
        "POSTMASTER_" + "\(self.name)_\(key)".uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
}
