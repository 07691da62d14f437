//! How a client says who it is.

use serde_json_path::JsonPath;
use url::Url;

use super::resource::{Body, Method};
use super::template::Template;
use super::variable::Secret;

/// How the client says who it is.
#[derive(Clone, Debug)]
pub enum Auth {
    /// Not at all.
    None,
    /// HTTP Basic.
    Basic {
        /// The user name.
        user: Secret,
        /// The password.
        password: Secret,
    },
    /// A value that does not change, with its place in each request.
    Fixed {
        /// Where it goes.
        place: Placement,
        /// The value.
        value: Secret,
    },
    /// A token that is fetched, kept until it expires, and fetched again when it is refused.
    Token(Box<TokenEndpoint>),
}

impl Auth {
    /// The values that no message may show.
    pub(super) fn secrets(&self) -> Vec<&Secret> {
        match self {
            Self::None => Vec::new(),
            Self::Basic { user, password } => vec![user, password],
            Self::Fixed { value, .. } => vec![value],
            Self::Token(endpoint) => endpoint.secrets(),
        }
    }

    /// Those among them that are keys and no names.
    pub(super) fn keys(&self) -> Vec<&Secret> {
        match self {
            Self::None => Vec::new(),
            Self::Basic { password, .. } => vec![password],
            Self::Fixed { value, .. } => vec![value],
            Self::Token(endpoint) => endpoint.basic.iter().map(|(_, password)| password).collect(),
        }
    }
}

/// Where a token is fetched and where it goes.
#[derive(Clone, Debug)]
pub struct TokenEndpoint {
    /// The address before the path; the client's when `None`.
    pub base_url: Option<Url>,
    /// The method.
    pub method: Method,
    /// The path after the base address.
    pub path: Template,
    /// Query parameters.
    pub query: Vec<(String, Template)>,
    /// The body.
    pub body: Body,
    /// Name and password of HTTP Basic, when the endpoint wants them so.
    pub basic: Option<(Secret, Secret)>,
    /// Where the token lies in the answer.
    pub token: JsonPath,
    /// Where the answer says for how many seconds it holds.
    pub expires_in: Option<JsonPath>,
    /// Where the token goes.
    pub place: Placement,
}

impl TokenEndpoint {
    fn secrets(&self) -> Vec<&Secret> {
        let query = self.query.iter().map(|(_, text)| text);
        let texts = query.chain(self.body.templates()).flat_map(Template::secrets);
        let basic = self.basic.iter().flat_map(|(user, password)| [user, password]);
        texts.chain(basic).collect()
    }
}

/// Where a proof goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A query parameter of this name.
    Query(String),
    /// A header of this name, with a prefix before the proof.
    Header(String, String),
    /// A form parameter or a key of the JSON body of this name.
    Body(String),
}

impl Placement {
    /// The usual header of bearer tokens.
    pub fn bearer() -> Self {
        Self::Header("authorization".to_owned(), "Bearer ".to_owned())
    }
}
