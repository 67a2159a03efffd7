// On which line a key stands, in every way that TOML lets one write it.
import PostmasterKit
import Testing

@Suite struct KeyLinesTests {
    private static let text = #"""
        # a comment = [not a key]
        top = 1
        a.b.c = 2
        "quoted key".'single' = 3

        [table] # comment
        plain = "x # not a comment"
        list = [
          "one", # first
          "two",
          { deep = 1,
            deeper = 2 },
        ]
        inline = { x = 1, y = { z = 2 } }
        long = """
        not = "a key"
        ["nor a table"]
        """
        after = 'it''s'
        literal = '''
        also = "not"'''
        last.one = 5

        [[item]]
        name = "first"
        [item.sub]
        key = 1
        [[item]]
        name = "second"
          [[item.nested]]
          n = 1

        [ spaced . "out" ]
        k = 1
        """#

    @Test(
        "every key has the line on which it is written",
        arguments: [
            ("top", 2), ("a", 3), ("a/b/c", 3), ("quoted key/single", 4), ("table", 6), ("table/plain", 7), ("table/list", 8), ("table/list/0", 9),
            ("table/list/1", 10),
            ("table/list/2/deep", 11), ("table/list/2/deeper", 12), ("table/inline/x", 14), ("table/inline/y/z", 14), ("table/long", 15),
            ("table/after", 19),
            ("table/literal", 20), ("table/last/one", 22), ("item", 24), ("item/0/name", 25), ("item/0/sub/key", 27), ("item/1/name", 29),
            ("item/1/nested/0/n", 31),
            ("spaced/out/k", 34),
        ])
    func lines(path: String, line: Int) {
        #expect(KeyLines(Self.text).line(of: path.split(separator: "/").map { String($0) }) == line)
    }

    @Test("a key that is not there has the line of the nearest part that is")
    func nearest() {
        let lines = KeyLines(Self.text)
        #expect(lines.line(of: ["table", "missing"]) == 6)
        #expect(lines.line(of: ["nowhere", "at all"]) == 1)
        #expect(lines.line(of: ["table", "not"]) == 6)
    }

    @Test("no text, cut anywhere, stops the scan")
    func total() {
        let octets = Array(Self.text.utf8)
        for end in 0...octets.count { _ = KeyLines(String(decoding: octets[..<end], as: UTF8.self)) }
        _ = KeyLines(String(repeating: "[", count: 100_000))
        _ = KeyLines("a = " + String(repeating: "[", count: 100_000))
        _ = KeyLines("a = " + String(repeating: "{ a = ", count: 100_000))
    }
}
