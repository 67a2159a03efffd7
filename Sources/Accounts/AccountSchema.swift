// The tables of the room Accounts. Steps are only ever appended.
package import Storage

/// The schema of accounts.
package enum AccountSchema {
    /// Local parts and domains are stored as they are compared: ASCII letters in lower case.
    package static let migrations: [Migration] = [
        Migration(
            "accounts-1",
            [
                "CREATE TABLE domain (name TEXT NOT NULL PRIMARY KEY, created BIGINT NOT NULL)",
                """
                CREATE TABLE account (
                    id BIGINT NOT NULL PRIMARY KEY, main_address TEXT NOT NULL, password TEXT NOT NULL, quota BIGINT NOT NULL,
                    disabled BIGINT NOT NULL, created BIGINT NOT NULL)
                """,
                "CREATE UNIQUE INDEX account_main_address ON account (main_address)",
                """
                CREATE TABLE address (
                    domain TEXT NOT NULL, local TEXT NOT NULL, account BIGINT NOT NULL, spelling TEXT NOT NULL, PRIMARY KEY (domain, local))
                """,
                "CREATE INDEX address_account ON address (account)",
                "CREATE TABLE alias (domain TEXT NOT NULL, local TEXT NOT NULL, spelling TEXT NOT NULL, PRIMARY KEY (domain, local))",
                """
                CREATE TABLE alias_target (
                    domain TEXT NOT NULL, local TEXT NOT NULL, position BIGINT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (domain, local, position))
                """,
                // Accounts whose mailboxes are still to be cleared away by the process that holds the mail store.
                "CREATE TABLE account_removed (id BIGINT NOT NULL PRIMARY KEY)",
            ])
    ]
}
