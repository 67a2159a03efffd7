// The names that exist in the demo, so that it runs without a network.

/// The demo's zone text (see `ZoneResolver`).
package enum DemoZone {
    package static let text = """
        ; Names of the demo. What is not here does not exist; FAIL and TIMEOUT stand for trouble with a name.
        charter.net.              MX      10 mx.charter.net.
        charter.net.              A       127.0.0.1
        charter.net.              TXT     "v=spf1 mx -all"
        mx.charter.net.           A       127.0.0.1
        mobile.charter.net.       CNAME   mx.charter.net.
        imap.charter.net.         CNAME   mx.charter.net.
        smtp.charter.net.         CNAME   mx.charter.net.
        1.0.0.127.in-addr.arpa.   PTR     localhost.
        1.0.1.127.in-addr.arpa.   PTR     customer-1.charter.net.
        customer-1.charter.net.   A       127.1.0.1
        localhost.                A       127.0.0.1

        ; Outside senders
        example.org.              MX      10 mail.example.org.
        example.org.              A       192.0.2.10
        mail.example.org.         A       127.0.0.1
        example.com.              MX      10 mail.example.com.
        example.com.              A       192.0.2.20
        mail.example.com.         A       192.0.2.21
        example.net.              A       192.0.2.30

        ; Names with trouble
        null-mx.example.          MX      0 .
        broken.example.           FAIL
        slow.example.             TIMEOUT

        """
}
