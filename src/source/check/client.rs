//! `[client]`: address, way there, patience, budget.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use url::Url;

use super::Checker;
use crate::diag::Spanned;
use crate::source::auth::Auth;
use crate::source::client::{Budget, Client, Proxy, Retry};
use crate::source::quantity;
use crate::source::signer::{Signer, Signing};
use crate::source::template::Template;
use crate::source::variable::Secret;
use crate::source::written::{BudgetTable, ClientTable, Placed, RetryTable, SignerKind, SignerTable};

const MAX_RESPONSE: u64 = 64 << 20;
const REDIRECTS: u64 = 3;
const CONCURRENCY: usize = 8;
const MOST_ABREAST: u64 = 64;

impl Checker<'_> {
    /// The client; always given unless its authentication is unusable.
    pub(super) fn client(&mut self, table: &ClientTable) -> Option<Client> {
        let auth = match &table.auth {
            None => Some(Auth::None),
            Some(auth) => self.auth(auth.get_ref(), auth.span()),
        };
        Some(Client {
            base_url: self.base_url(&table.base_url),
            proxy: self.proxy(table.proxy.as_ref()),
            ca_certificate: table.ca_certificate.as_ref().and_then(|name| self.certificates(name)),
            redirects: table.redirects.as_ref().map_or(REDIRECTS, |number| *number.get_ref()),
            timeout: self.duration(table.timeout.as_ref(), Duration::from_secs(30)),
            deadline: self.duration(table.deadline.as_ref(), Duration::from_secs(1800)),
            max_response: self.size(table.max_response.as_ref()),
            budget: table.budget.as_ref().map_or_else(Budget::default, |budget| self.budget(budget)),
            shared_as: table.budget.as_ref().and_then(|budget| budget.get_ref().shared_as.clone()),
            concurrency: table.concurrency.as_ref().map_or(CONCURRENCY, |number| self.abreast(number)),
            retry: self.retry(&table.retry),
            headers: table.headers.iter().map(|(name, text)| (name.clone(), self.header(name, text))).collect(),
            signer: table.signer.as_ref().map(|signer| self.signer(signer.get_ref())),
            auth: auth?,
        })
    }

    /// The address of a source: a host's, or a folder; `None` while a variable in it has no value.
    fn base_url(&mut self, text: &Placed) -> Option<Url> {
        let address = self.resolved(text)?;
        if address.starts_with("file:") {
            return self.folder_url(&address, text);
        }
        let message = "the base address is not one of `http`, `https` or `file` without a query";
        self.host_url(&address, text, message, "examples are `https://eco.taobao.com` and `file:///srv/exports`")
    }

    /// The address of a host that gives tokens, which no folder does; `None` while a variable in it has no value.
    pub(super) fn endpoint_url(&mut self, text: &Placed) -> Option<Url> {
        let address = self.resolved(text)?;
        let message = "the address of the endpoint is not one of `http` or `https` without a query";
        self.host_url(&address, text, message, "an example is `https://login.example.com`")
    }

    fn host_url(&mut self, address: &str, text: &Placed, message: &str, hint: &str) -> Option<Url> {
        let url = Url::parse(address).ok().filter(|url| is_http(url) && url.query().is_none());
        if url.is_none() {
            self.fault(text.span(), message, hint);
        }
        url
    }

    fn proxy(&mut self, text: Option<&Placed>) -> Proxy {
        let Some(text) = text else { return Proxy::Environment };
        let Some(address) = self.resolved(text) else { return Proxy::Environment };
        match Url::parse(&address) {
            _ if address == "none" => Proxy::None,
            Ok(url) if is_http(&url) && url.path() == "/" => Proxy::At(Secret::new(address)),
            _ => {
                let hint = "examples are `http://proxy.example.test:3128` and `none`";
                self.fault(text.span(), "this is no address of a proxy", hint);
                Proxy::Environment
            }
        }
    }

    /// A text without holes; `None` while a variable in it has no value.
    fn resolved(&mut self, text: &Placed) -> Option<String> {
        let before = self.unresolved.len();
        let plain = self.plain(text);
        (self.unresolved.len() == before).then_some(plain)
    }

    /// The bytes of a PEM file beside the source file.
    fn certificates(&mut self, name: &Placed) -> Option<Vec<u8>> {
        let name_of_file = self.resolved(name)?;
        let path = self.file.path.parent().map(|folder| folder.join(&name_of_file)).unwrap_or_default();
        match std::fs::read(&path) {
            Ok(bytes) if is_pem(&bytes) => Some(bytes),
            Ok(_) => {
                let hint = "it begins with `-----BEGIN CERTIFICATE-----`; `openssl x509` turns other formats into it";
                self.fault(name.span(), format!("`{name_of_file}` holds no certificate in PEM"), hint);
                None
            }
            Err(error) => {
                let message = format!("cannot read the certificate `{name_of_file}`: {error}");
                self.fault(name.span(), message, "put it beside the source file, or give its whole path");
                None
            }
        }
    }

    fn size(&mut self, text: Option<&Placed>) -> u64 {
        let Some(text) = text else { return MAX_RESPONSE };
        quantity::bytes(text.get_ref()).unwrap_or_else(|| {
            let message = format!("`{}` is not a size", text.get_ref());
            self.fault(text.span(), message, "examples are `512KB` and `64MB`");
            MAX_RESPONSE
        })
    }

    fn budget(&mut self, written: &Spanned<BudgetTable>) -> Budget {
        let table = written.get_ref();
        if table.per_second.is_none() && table.per_minute.is_none() {
            self.fault(written.span(), "a budget of nothing", "give `per-second`, `per-minute` or both");
        }
        for zero in [&table.per_second, &table.per_minute].into_iter().flatten().filter(|rate| *rate.get_ref() == 0) {
            self.fault(zero.span(), "a budget of 0 lets nothing through", "write a number from 1");
        }
        let rate = |rate: &Option<Spanned<u32>>| rate.as_ref().map(|rate| (*rate.get_ref()).max(1));
        Budget { per_second: rate(&table.per_second), per_minute: rate(&table.per_minute) }
    }

    fn abreast(&mut self, number: &Spanned<u64>) -> usize {
        if !(1..=MOST_ABREAST).contains(number.get_ref()) {
            let message = format!("`concurrency` goes from 1 to {MOST_ABREAST}");
            self.fault(number.span(), message, "leave it out for 8, or write a number of that range");
        }
        usize::try_from((*number.get_ref()).clamp(1, MOST_ABREAST)).unwrap_or(CONCURRENCY)
    }

    fn retry(&mut self, table: &RetryTable) -> Retry {
        Retry {
            times: table.times.unwrap_or(5),
            first: self.duration(table.first.as_ref(), Duration::from_millis(500)),
            cap: self.duration(table.cap.as_ref(), Duration::from_secs(60)),
        }
    }

    fn header(&mut self, name: &str, text: &Placed) -> Template {
        self.header_name(name, text.span());
        let template = self.template(text.get_ref(), text.span());
        self.same_for_all(&template, text);
        template
    }

    /// A header that HTTP would refuse is told before the first request.
    pub(super) fn header_name(&mut self, name: &str, span: std::ops::Range<usize>) {
        let is_sign = |sign: char| sign.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(sign);
        if name.is_empty() || !name.chars().all(is_sign) {
            let hint = "names of headers are letters, digits and `-`, such as `X-Api-Key`";
            self.fault(span, format!("`{name}` is not the name of a header"), hint);
        }
    }

    fn signer(&mut self, table: &SignerTable) -> Signer {
        Signer {
            kind: match table.kind {
                SignerKind::TopMd5 => Signing::TopMd5,
                SignerKind::TopHmac => Signing::TopHmac,
                SignerKind::TopHmacSha256 => Signing::TopHmacSha256,
                SignerKind::Jd => Signing::Jd,
                SignerKind::Pdd => Signing::Pdd,
                SignerKind::Douyin => Signing::Douyin,
            },
            app_key: self.secret(&table.app_key),
            secret: self.secret(&table.secret),
            session: table.session.as_ref().map(|session| self.secret(session)),
        }
    }
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// Whether a file has at least one certificate between its marks.
fn is_pem(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Some((_, after)) = text.split_once("-----BEGIN CERTIFICATE-----") else { return false };
    let Some((inside, _)) = after.split_once("-----END CERTIFICATE-----") else { return false };
    STANDARD.decode(inside.split_whitespace().collect::<String>()).is_ok_and(|der| !der.is_empty())
}
