//! The console's way to the renderer: templates shown to whoever writes them.

use std::sync::Arc;

use crate::console::{PreviewWish, Previewed, Previews};
use crate::diag::{Diagnostic, Diagnostics};
use crate::pipeline::Pipeline;
use crate::pipeline::preview::{self, Preview, Previewer, Subject, Template, Which};
use crate::render::Shape;

/// Renders with this machine's templates, read anew each time.
pub(super) struct Templates {
    pub(super) pipeline: Arc<Pipeline>,
}

impl Previews for Templates {
    fn templates(&self) -> anyhow::Result<Vec<String>> {
        preview::templates(&self.pipeline.settings)
    }

    fn fixtures(&self) -> Vec<&'static str> {
        Shape::ALL.into_iter().map(Shape::word).collect()
    }

    fn show(&self, wish: &PreviewWish) -> Previewed {
        self.try_show(wish).map_or_else(refused, shown)
    }
}

impl Templates {
    fn try_show(&self, wish: &PreviewWish) -> anyhow::Result<Preview> {
        let pipeline = &self.pipeline;
        let previewer =
            Previewer { settings: &pipeline.settings, jobs: &pipeline.jobs, ledger: Some(&pipeline.ledger) };
        let template = Template::named(&wish.template).map_err(Diagnostics::from)?;
        previewer.show(&template, &subject(wish)?, pipeline.settings.locale)
    }
}

fn subject(wish: &PreviewWish) -> Result<Subject, Diagnostics> {
    match wish.fixture.as_deref() {
        Some(word) => Shape::parse(word)
            .map(Subject::Invented)
            .ok_or_else(|| Diagnostic::error(format!("there is no invented data `{word}`")).into()),
        None => Ok(Subject::Issued(Which { subject: wish.subject.clone(), ..Which::default() })),
    }
}

fn shown(preview: Preview) -> Previewed {
    let media_type = |extension: &str| if extension == "pdf" { "application/pdf" } else { "text/html; charset=utf-8" };
    Previewed {
        file: preview.files.into_iter().next().map(|file| (media_type(file.extension), file.bytes)),
        of: preview.of,
        found: told(&preview.found),
    }
}

fn refused(error: anyhow::Error) -> Previewed {
    let found = match error.downcast_ref::<Diagnostics>() {
        Some(found) => told(found),
        None => vec![format!("{error:#}")],
    };
    Previewed { found, ..Previewed::default() }
}

/// Each with the lines of the template that it points at.
fn told(found: &Diagnostics) -> Vec<String> {
    found.sorted().into_iter().map(|one| Diagnostics::from(one.clone()).render(false)).collect()
}
