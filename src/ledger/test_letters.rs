//! Mails that went to whoever tries out a mailing: recorded apart, they never count as sent to their recipients.

use anyhow::Result;

use super::Ledger;
use super::deliveries::Delivery;
use super::store::params;
use super::stored::At;

impl Ledger {
    /// Whether this very message went to this address as a test.
    pub fn was_tested(&self, delivery: &Delivery, address: &str) -> Result<bool> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM test_letters WHERE delivery_id = ?1 AND mime_hash = ?2 AND address = ?3";
            let values = params![delivery.id, delivery.mime_hash, address];
            Ok(connection.query_row(sql, values, |row| row.get::<_, i64>(0))? > 0)
        })
    }

    /// Notes that the server took a test of this mail.
    pub fn record_test(&self, delivery: &Delivery, address: &str, reply: &str) -> Result<()> {
        let now = At(self.now());
        self.write(|transaction| {
            let sql = "INSERT INTO test_letters (delivery_id, mime_hash, address, sent_at, reply) \
                       VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (delivery_id, mime_hash, address) DO NOTHING";
            transaction.execute(sql, params![delivery.id, delivery.mime_hash, address, now, reply])?;
            Ok(())
        })
    }

    /// How many mails of a run went out as tests.
    pub fn tests_of_run(&self, run_id: &str) -> Result<u64> {
        self.read(|connection| {
            let sql = "SELECT count(*) FROM test_letters JOIN deliveries ON deliveries.id = test_letters.delivery_id \
                       JOIN run_documents ON run_documents.document_id = deliveries.document_id \
                       WHERE run_documents.run_id = ?1";
            Ok(connection.query_row(sql, [run_id], |row| row.get::<_, i64>(0))?.unsigned_abs())
        })
    }
}
