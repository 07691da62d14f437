//! Sources that are a folder: what only makes sense for a request is refused, and no path leads out.

use std::path::Path;

use url::Url;

use super::Checker;
use crate::diag::Spanned;
use crate::source::written::{Placed, ResourceTable, SourceFile, Verb};

impl Checker<'_> {
    /// The folder that a `file:` address names.
    pub(super) fn folder_url(&mut self, address: &str, text: &Placed) -> Option<Url> {
        let rest = address.strip_prefix("file:").unwrap_or(address);
        let folder = rest.strip_prefix("//").unwrap_or(rest);
        let url = Url::from_directory_path(Path::new(folder)).ok();
        if url.is_none() {
            let hint = "write the whole way from the root, such as `file:///srv/exports` or `file:${EXPORTS}`";
            self.fault(text.span(), "the folder is not an absolute path", hint);
        }
        url
    }

    /// What a whole file says although its source is a folder.
    pub(super) fn folder_client(&mut self, written: &SourceFile) {
        if !is_folder(&written.client.base_url) {
            return;
        }
        let hint = "a folder is read as it lies; remove it";
        if let Some(auth) = &written.client.auth {
            self.fault(auth.span(), "a folder asks nobody for a proof of identity", hint);
        }
        if let Some(signer) = &written.client.signer {
            self.fault(signer.span(), "requests to a folder are not signed", hint);
        }
        for resource in &written.resource {
            self.folder_resource(resource.get_ref());
        }
    }

    fn folder_resource(&mut self, table: &ResourceTable) {
        let path = table.path.get_ref();
        let (folders, _) = path.rsplit_once('/').unwrap_or(("", path));
        if folders.contains('*') {
            let hint = "only the file's own name may have it, such as `/{period}/scores-*.xlsx`";
            self.fault(table.path.span(), "`*` stands for a part of a folder's name", hint);
        }
        if path.split('/').any(|part| part == "..") {
            self.fault(table.path.span(), "the path leads out of the folder", "remove `..`");
        }
        if let Some(paginator) = &table.paginator {
            self.fault(paginator.span(), "files have no pages", "remove `paginator`; all files that match are read");
        }
        let asks = table.query.values().chain(table.form.values()).map(Spanned::span);
        let asks = asks.chain(table.body.as_ref().map(Spanned::span)).next();
        if let Some(span) = asks.or_else(|| (table.method == Verb::Post).then(|| table.path.span())) {
            self.fault(span, "a file is found by its path alone", "remove `method`, `query`, `form` and `body`");
        }
    }
}

fn is_folder(base: &Placed) -> bool {
    base.get_ref().starts_with("file:")
}
