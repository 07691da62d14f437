//! A source with weather: it refuses, breaks off, or shows a page for people in place of a table.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::{IntoResponse, Response};

use super::Dice;
use crate::sources::double::{Double, status};

/// How the source answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sky {
    Clear,
    /// One answer in so many goes wrong.
    Broken(usize),
}

/// Files behind a source that is as its sky is.
pub struct Weathered {
    served: Double,
    above: Arc<Mutex<Above>>,
}

/// The sky at present.
struct Above {
    sky: Sky,
    seed: u64,
    /// How often each file was asked for under it: what goes wrong must not depend on which of two was asked for first.
    asked: BTreeMap<String, usize>,
}

impl Weathered {
    /// A clear sky over some files.
    pub async fn over(files: BTreeMap<String, String>) -> Self {
        let above = Arc::new(Mutex::new(Above { sky: Sky::Clear, seed: 0, asked: BTreeMap::new() }));
        let looked_up = above.clone();
        let served = Double::new(move |asked| {
            let Some(text) = files.get(&asked.path) else { return status(404, "not found") };
            let wrong = looked_up.lock().expect("the sky").wrong(&asked.path, text);
            wrong.unwrap_or_else(|| text.clone().into_response())
        });
        Self { served: served.await, above }
    }

    /// Its address.
    pub fn base(&self) -> &str {
        &self.served.base
    }

    /// Another sky, which throws its own dice, and forgets what it was asked.
    pub fn turn(&self, sky: Sky, dice: &mut Dice) {
        self.served.take();
        *self.above.lock().expect("the sky") = Above { sky, seed: dice.next(), asked: BTreeMap::new() };
    }
}

impl Above {
    /// What is answered in place of a file, if something goes wrong this time.
    fn wrong(&mut self, path: &str, text: &str) -> Option<Response> {
        let Sky::Broken(one_in) = self.sky else { return None };
        let count = self.asked.entry(path.to_owned()).or_default();
        *count += 1;
        let mut dice = Dice::of(path, (self.seed as usize).wrapping_add(*count));
        dice.once_in(one_in).then(|| wrong(&mut dice, text))
    }
}

/// An answer that is not the table, or not all of it.
fn wrong(dice: &mut Dice, text: &str) -> Response {
    match dice.below(5) {
        0 => status(503, "later"),
        1 => status(500, "broken"),
        2 => status(403, "no"),
        3 => ([("content-type", "text/html")], "<html>sign in</html>").into_response(),
        _ => broken_off(&text[..dice.below(text.len())]),
    }
}

/// The beginning of an answer whose connection then breaks.
fn broken_off(text: &str) -> Response {
    let pieces = [Ok(text.to_owned()), Err(std::io::Error::other("the line is cut"))];
    Body::from_stream(futures_util::stream::iter(pieces)).into_response()
}
