// The tables of this room. Steps are only ever appended.
package import Storage

/// The schema of mailboxes, in the subset of SQL that both engines speak.
package enum MailboxSchema {
    package static let migrations: [Migration] = [
        Migration(
            "mailboxes-1",
            [
                """
                CREATE TABLE mailbox (
                    id BIGINT NOT NULL PRIMARY KEY, owner BIGINT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, special_use TEXT,
                    uid_validity BIGINT NOT NULL, uid_next BIGINT NOT NULL, recent_uid BIGINT NOT NULL, highest_modseq BIGINT NOT NULL,
                    keywords TEXT NOT NULL, messages BIGINT NOT NULL, octets BIGINT NOT NULL, unseen BIGINT NOT NULL, deleted BIGINT NOT NULL,
                    change_rows BIGINT NOT NULL, change_octets BIGINT NOT NULL, expunged_floor BIGINT NOT NULL,
                    UNIQUE (owner, name_key))
                """,
                // Subscribed names need not exist (RFC 9051 §6.3.7).
                """
                CREATE TABLE mailbox_subscription (
                    owner BIGINT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (owner, name_key))
                """,
                // The greatest validity value a name has had, so that a later mailbox of that name gets a greater one (RFC 9051 §2.3.1.1).
                """
                CREATE TABLE mailbox_retired (
                    owner BIGINT NOT NULL, name_key TEXT NOT NULL, uid_validity BIGINT NOT NULL, PRIMARY KEY (owner, name_key))
                """,
                "CREATE TABLE mailbox_snapshot (mailbox BIGINT NOT NULL PRIMARY KEY, modseq BIGINT NOT NULL, columns BLOB NOT NULL)",
                """
                CREATE TABLE mailbox_change (
                    mailbox BIGINT NOT NULL, modseq BIGINT NOT NULL, part BIGINT NOT NULL, payload BLOB NOT NULL,
                    PRIMARY KEY (mailbox, modseq, part))
                """,
                "CREATE TABLE mailbox_expunged (mailbox BIGINT NOT NULL, modseq BIGINT NOT NULL, uids BLOB NOT NULL, PRIMARY KEY (mailbox, modseq))",
                "CREATE TABLE mailbox_counter (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)",
                "CREATE TABLE segment_dead (segment BIGINT NOT NULL PRIMARY KEY, octets BIGINT NOT NULL)",
                "CREATE TABLE journal_mark (name TEXT NOT NULL PRIMARY KEY, position BIGINT NOT NULL)",
                "CREATE TABLE journal_problem (position BIGINT NOT NULL PRIMARY KEY, reason TEXT NOT NULL)",
            ])
    ]
}
