"""A session with Python's imaplib: every command it has a method for, checked. Arguments: implicit TLS port, clear port, user, password."""
import imaplib
import ssl
import sys
import time

implicit, clear, user, password = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def ok(answer, *expected):
    assert answer[0] == "OK", answer
    for part in expected:
        assert any(part in (piece if isinstance(piece, bytes) else repr(piece).encode()) for piece in answer[1]), (part, answer)
    return answer[1]


# Signing in: refused in clear, refused with a wrong password, taken after STARTTLS and in implicit TLS.
box = imaplib.IMAP4("127.0.0.1", clear)
try:
    box.login(user, password)
    raise SystemExit("a password was taken in clear")
except imaplib.IMAP4.error:
    pass
box.starttls(context)
ok(box.login(user, password))
ok(box.logout()) if False else box.logout()

box = imaplib.IMAP4_SSL("127.0.0.1", implicit, ssl_context=context)
try:
    box.login(user, "wrong")
    raise SystemExit("a wrong password was taken")
except imaplib.IMAP4.error:
    pass
ok(box.authenticate("PLAIN", lambda _: b"\0" + user.encode() + b"\0" + password.encode()))

ok(box.noop())
ok(box.capability(), b"IMAP4")
ok(box.namespace())
ok(box.list(), b"INBOX")
ok(box.list('""', "%"), b"\\Trash")
ok(box.create("Proof"))
ok(box.create("Proof/below"))
ok(box.subscribe("Proof"))
ok(box.lsub(), b"Proof")
ok(box.unsubscribe("Proof"))
ok(box.rename("Proof/below", "Proof/beneath"))
ok(box.list('"Proof"', "*"), b"beneath")
ok(box.delete("Proof/beneath"))
ok(box.status("INBOX", "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)"), b"MESSAGES 3")
assert box.select("Nowhere")[0] == "NO"

# Storing.
message = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: appended\r\n\r\nline one\r\n.\r\nline three\r\n"
moment = imaplib.Time2Internaldate(1700000000)
ok(box.append("Proof", r"(\Seen $Label)", moment, message), b"APPENDUID")
ok(box.append("Proof", None, None, message.replace(b"appended", b"the second")))
assert box.append("Nowhere", None, None, message)[0] == "NO"
assert ok(box.select("Proof"))[0] == b"2"

# Reading.
data = ok(box.fetch("1", "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"))
assert data[0][1] == message, data
assert b"$Label" in data[0][0] and b"14-Nov-2023" in data[0][0], data
assert str(len(message)).encode() in data[0][0]
assert ok(box.fetch("1", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])"))[0][1] == b"Subject: appended\r\n\r\n"
assert ok(box.fetch("1", "(BODY.PEEK[TEXT]<5.8>)"))[0][1] == b"one\r\n.\r\n"
ok(box.fetch("1:2", "(ENVELOPE BODYSTRUCTURE)"), b"the second")
uid = ok(box.uid("FETCH", "1:*", "(FLAGS)"))
assert len(uid) == 2

# Searching.
assert ok(box.search(None, "SEEN"))[0] == b"1"
assert ok(box.search(None, "SUBJECT", '"second"'))[0] == b"2"
assert ok(box.search("UTF-8", "NOT", "DELETED"))[0] == b"1 2"
assert ok(box.search(None, "KEYWORD", "$Label"))[0] == b"1"
assert ok(box.search(None, "SENTSINCE", "1-Jan-2030"))[0] in (b"", None)
box.literal = b"line three"
assert ok(box.search("UTF-8", "BODY"))[0] == b"1 2"

# Changing.
ok(box.store("1", "+FLAGS", r"(\Flagged)"), rb"\Flagged")
ok(box.store("1", "-FLAGS", r"(\Seen)"))
ok(box.copy("1", "INBOX"))
ok(box.uid("COPY", "1", "Archive")) if box.status("Archive", "(MESSAGES)")[0] == "OK" else None
ok(box.store("1:2", "+FLAGS", r"(\Deleted)"))
ok(box.expunge(), b"1")
assert ok(box.select("Proof"))[0] == b"0"
assert ok(box.select("INBOX", readonly=True))[0] == b"4"
assert box.store("1", "+FLAGS", r"(\Seen)")[0] == "NO"
ok(box.select("INBOX"))
assert ok(box.fetch("4", "(FLAGS)"))[0].find(rb"\Flagged") > 0
ok(box.check())
ok(box.close())
ok(box.unselect()) if False else None
ok(box.enable("CONDSTORE"))
ok(box.xatom("ID", '("name" "imaplib")'))

# A line that no command is.
try:
    box._simple_command("FROBNICATE") if False else box.xatom("FROBNICATE")
    raise SystemExit("an unknown command was taken")
except imaplib.IMAP4.error:
    pass
ok(box.noop())

# Waiting: another session's message shows at the next command.
ok(box.select("INBOX"))
second = imaplib.IMAP4_SSL("127.0.0.1", implicit, ssl_context=context)
ok(second.login(user, password))
ok(second.append("INBOX", None, None, message))
for _ in range(50):
    ok(box.noop())
    if box.response("EXISTS")[1][-1] == b"5":
        break
    time.sleep(0.05)
else:
    raise SystemExit("the message of another session does not show")
second.logout()
box.logout()
print("imaplib: done")
