//! The source file as its author writes it; [`super::check`] turns it into a [`super::Source`].
//!
//! The comments on fields are shown by editors that know the JSON Schema of source files.

mod auth;
mod client;
mod columns;
mod fan_out;
mod format;
mod names;
mod paginator;
mod resource;
mod response;
mod scalar;
mod signer;
mod window;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diag::Spanned;
use crate::words::Bilingual;

pub use auth::*;
pub use client::*;
pub use columns::*;
pub use fan_out::*;
pub use format::*;
pub use names::*;
pub use paginator::*;
pub use resource::*;
pub use response::*;
pub use scalar::Scalar;
pub use signer::*;
pub use window::*;

/// A text with its place.
pub type Placed = Spanned<String>;
/// Request parameters by name.
pub type Params = BTreeMap<String, Spanned<Scalar>>;

/// A whole file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SourceFile {
    /// The name of the source, the same as its file's: lower-case letters, digits and `-`.
    pub id: Placed,
    /// What people call it.
    pub title: Bilingual,
    /// The zone of its clock, such as `Asia/Shanghai`: periods are cut and local times are read in it.
    pub time_zone: Placed,
    /// How it is reached.
    pub client: ClientTable,
    /// What its answers mean: the first rule that holds decides.
    #[serde(default)]
    pub response: Vec<ResponseTable>,
    /// What it gives, one request each.
    #[serde(default)]
    pub resource: Vec<Spanned<ResourceTable>>,
}

/// The request methods; both only read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Verb {
    /// The parameters stand in the query.
    #[default]
    Get,
    /// The parameters may also stand in a form or a JSON body.
    Post,
}
