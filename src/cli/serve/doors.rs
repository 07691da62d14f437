//! The console's other ways in, as the settings open them.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use tokio::runtime::Handle;

use crate::console::{self, Doors, Identified, Journey, LinkLetter, LinkPost};
use crate::deliver::{Address, Identity, Letter, Limits, MailUrl, Outcome, Postman, Sender, message_id, seal};
use crate::diag::Diagnostics;
use crate::identity::{Provider, Question};
use crate::pipeline::Pipeline;
use crate::words::Bilingual;

/// The doors that the settings open, for a console that listens at `address`.
pub(super) fn doors(pipeline: &Arc<Pipeline>, address: SocketAddr) -> anyhow::Result<Doors> {
    let settings = &pipeline.settings;
    let post = settings.sign_in.links_from.as_deref().map(|from| -> anyhow::Result<Arc<dyn LinkPost>> {
        let from = Address::parse(from)
            .map_err(|fault| anyhow::anyhow!("`links-from` in `[sign-in]` cannot be used: {}", fault.text().en))?;
        Ok(Arc::new(MailedLinks { pipeline: pipeline.clone(), from }))
    });
    let header = settings.sign_in.proxy_header.as_deref().map(|name| name.to_ascii_lowercase().parse());
    Ok(Doors {
        base: base(pipeline, address),
        post: post.transpose()?,
        proxies: settings.sign_in.proxies.clone(),
        proxy_header: header.transpose().context("`proxy-header` in `[sign-in]` is no name of a header")?,
        identity: settings.sign_in.identity.clone().map(|provider| -> Arc<dyn console::Identity> {
            let title = provider.title.clone();
            Arc::new(Elsewhere { title, provider: Provider::new(provider, settings.clock.clone()) })
        }),
    })
}

/// The console's address as people type it, without a slash at its end.
pub(super) fn base(pipeline: &Pipeline, address: SocketAddr) -> String {
    match &pipeline.settings.console_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None if pipeline.settings.console_tls.is_some() => format!("https://{address}"),
        None => format!("http://{address}"),
    }
}

/// A provider of identities, asked over the net.
struct Elsewhere {
    title: String,
    provider: Provider,
}

impl console::Identity for Elsewhere {
    fn title(&self) -> &str {
        &self.title
    }

    fn begin(&self, journey: &Journey, back: &str) -> anyhow::Result<String> {
        Ok(Handle::current().block_on(self.provider.ask(question(journey, back)))?.into())
    }

    fn end(&self, journey: &Journey, back: &str, code: &str) -> anyhow::Result<Identified> {
        let user = Handle::current().block_on(self.provider.answer(question(journey, back), code))?;
        Ok(Identified { user })
    }
}

fn question<'a>(journey: &'a Journey, back: &'a str) -> Question<'a> {
    Question { state: &journey.state, nonce: &journey.nonce, verifier: &journey.verifier, back }
}

/// Mails links the way that cards go.
struct MailedLinks {
    pipeline: Arc<Pipeline>,
    from: Address,
}

impl LinkPost for MailedLinks {
    fn send(&self, letter: &LinkLetter) -> anyhow::Result<()> {
        let url = MailUrl::parse(&self.pipeline.settings.mail_url).map_err(Diagnostics::from)?;
        let sealed = seal(&self.letter(letter)?)?;
        let mut postman = Postman::open(&url, Limits::default())?;
        let outcome = Handle::current().block_on(async {
            let outcome = postman.deliver(&sealed, &mut async || Ok(())).await;
            postman.close().await;
            outcome
        });
        match outcome {
            // A link that comes twice is no harm.
            Outcome::Sent { .. } | Outcome::Unknown { .. } => Ok(()),
            Outcome::TryLater { reason, .. }
            | Outcome::Away { reason, .. }
            | Outcome::Refused { reason }
            | Outcome::Halt { reason } => anyhow::bail!(reason),
        }
    }
}

impl MailedLinks {
    fn letter(&self, link: &LinkLetter) -> anyhow::Result<Letter> {
        let to = Address::parse(&link.to)
            .map_err(|fault| anyhow::anyhow!("the user's mail address cannot be used: {}", fault.text().en))?;
        let now = self.pipeline.settings.clock.now();
        let instant = now.to_rfc3339();
        let identity = Identity {
            job: "console",
            period: &instant,
            kind: "sign-in-link",
            subject: &link.name,
            recipient: &to,
            edition: 1,
        };
        let text = text(link);
        Ok(Letter {
            message_id: message_id(&self.pipeline.ledger.message_key()?, identity, self.from.domain()),
            from: Sender { name: "scorepost".to_owned(), address: self.from.clone() },
            to_name: link.name.clone(),
            to,
            reply_to: None,
            subject: Bilingual::new("登录链接", "Your link to sign in").get(link.locale).to_owned(),
            html: format!("<pre>{}</pre>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")),
            text,
            attachments: Vec::new(),
            date: now,
            run: "console".to_owned(),
            edition: 1,
            list_id: None,
        })
    }
}

fn text(link: &LinkLetter) -> String {
    let LinkLetter { name, url, minutes, .. } = link;
    let text = Bilingual::new(
        format!(
            "{name}，您好：\n\n用这个链接登录绩效卡控制台，{minutes} 分钟内有效，只能使用一次：\n\n{url}\n\n如果不是您本人索取，请忽略这封邮件。\n"
        ),
        format!(
            "Hello {name},\n\nthis link signs you in to the scorecards' console, once, within {minutes} minutes:\n\n{url}\n\nIf you did not ask for it, leave this mail alone.\n"
        ),
    );
    text.get(link.locale).to_owned()
}
