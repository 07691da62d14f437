//! All that a template can see: the templates, the faces and one file of data; no disk, no net, no clock.

use std::collections::HashMap;

use anyhow::Context as _;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::fonts::Faces;
use super::logo::Logo;
use super::outlines::Outlines;
use super::templates::Templates;
use crate::diag::AuthoredFile;

/// What every document shares.
pub(super) struct Shelf {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    faces: Vec<Font>,
    outlines: &'static Outlines,
    sources: HashMap<FileId, (Source, AuthoredFile)>,
    data: FileId,
    logo: Option<(FileId, Bytes)>,
}

impl Shelf {
    pub(super) fn new(templates: &Templates, faces: &Faces, logo: Option<&Logo>) -> anyhow::Result<Self> {
        let mut sources = HashMap::new();
        for (path, file) in &templates.files {
            let id = file_id(path)?;
            sources.insert(id, (Source::new(id, file.text.to_string()), file.clone()));
        }
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&faces.all)),
            faces: faces.all.clone(),
            outlines: faces.outlines,
            sources,
            data: file_id("data.json")?,
            logo: logo.map(|logo| anyhow::Ok((file_id(logo.name)?, logo.bytes.clone()))).transpose()?,
        })
    }

    /// The faces in the order in which they step in.
    pub(super) fn faces(&self) -> &[Font] {
        &self.faces
    }

    /// What the embedded faces have instead of outlines.
    pub(super) fn outlines(&self) -> &Outlines {
        self.outlines
    }

    /// The authored file and the source behind an id, where it is a template.
    pub(super) fn template(&self, id: FileId) -> Option<&(Source, AuthoredFile)> {
        self.sources.get(&id)
    }
}

/// The id of a template or of the data; the same path always gives the same one.
pub(super) fn file_id(path: &str) -> anyhow::Result<FileId> {
    let inside = VirtualPath::new(path).ok().with_context(|| format!("`{path}` is not a usable template name"))?;
    Ok(RootedPath::new(VirtualRoot::Project, inside).intern())
}

/// The shelf with the data of one document.
pub(super) struct Desk<'a> {
    /// What it shares with others.
    pub(super) shelf: &'a Shelf,
    /// The template to start with.
    pub(super) main: FileId,
    /// What `json("/data.json")` reads.
    pub(super) data: Bytes,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.shelf.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.shelf.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let found = self.shelf.sources.get(&id).map(|(source, _)| source.clone());
        found.ok_or_else(|| FileError::NotFound(id.get().vpath().get_without_slash().into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.shelf.data {
            return Ok(self.data.clone());
        }
        if let Some((_, bytes)) = self.shelf.logo.as_ref().filter(|(logo, _)| *logo == id) {
            return Ok(bytes.clone());
        }
        self.source(id).map(Bytes::from_string)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.shelf.faces.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
