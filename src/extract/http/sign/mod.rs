//! Signatures: what is added to a request to prove who asks; what is signed is what is sent, byte for byte.

mod douyin;
mod jd;
mod pdd;
mod sorted;
mod top;

use chrono::{DateTime, TimeZone, Utc};

use super::wire::Wire;
use crate::extract::call::Call;
use crate::source::signer::{Signer, Signing};

/// Request parameters by name.
type Params = Vec<(String, String)>;

/// A request as it goes over the wire, with the common parameters and the signature.
pub(super) fn sign(signer: &Signer, call: &Call, now: DateTime<Utc>) -> Wire {
    match signer.kind {
        Signing::TopMd5 | Signing::TopHmac | Signing::TopHmacSha256 => top::sign(signer, call, now),
        Signing::Jd => jd::sign(signer, call, now),
        Signing::Pdd => pdd::sign(signer, call, now),
        Signing::Douyin => douyin::sign(signer, call, now),
    }
}

/// The platforms read timestamps on the clocks of China, wherever the client stands.
fn local_time(now: DateTime<Utc>) -> String {
    chrono_tz::Asia::Shanghai.from_utc_datetime(&now.naive_utc()).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn add(params: &mut Params, name: &str, value: &str) {
    params.push((name.to_owned(), value.to_owned()));
}

#[cfg(test)]
fn pairs(list: &[(&str, &str)]) -> Params {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
