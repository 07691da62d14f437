//! A real mail server: what it stored is read back over IMAP by a parser that nobody here wrote.
