//! Compression with one compressor per thread: to prepare one costs more than to compress a short text.

use std::cell::RefCell;

use flate2::{Compress, Compression, FlushCompress};

thread_local! {
    static STREAMS: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), true));
    static BLOCKS: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), false));
}

/// A whole stream, as `/FlateDecode` reads it.
pub(super) fn stream(bytes: &[u8]) -> Vec<u8> {
    STREAMS.with_borrow_mut(|compressor| {
        compressor.reset();
        run(compressor, bytes, FlushCompress::Finish)
    })
}

/// Blocks of a stream that end at a whole byte; they refer to nothing before them but what comes directly `before`.
pub(super) fn blocks(bytes: &[u8], before: &[u8]) -> Vec<u8> {
    BLOCKS.with_borrow_mut(|compressor| {
        compressor.reset();
        if !before.is_empty() {
            compressor.set_dictionary(before).unwrap_or_else(|error| unreachable!("a fresh compressor says {error}"));
        }
        run(compressor, bytes, FlushCompress::Sync)
    })
}

fn run(compressor: &mut Compress, bytes: &[u8], flush: FlushCompress) -> Vec<u8> {
    // More than anything can need, so that one call does it.
    let mut packed = Vec::with_capacity(bytes.len() + bytes.len() / 8 + 128);
    let done = compressor.compress_vec(bytes, &mut packed, flush);
    assert!(done.is_ok() && compressor.total_in() == bytes.len() as u64, "compression in memory failed: {done:?}");
    packed.shrink_to_fit();
    packed
}
