//! What the columns of one resource share: its format and every field that is read.

use chrono_tz::Tz;

use super::Checker;
use crate::source::canonical::Column;
use crate::source::mapping::{ColumnRule, Field, FieldIndex, Origin, Presence, TimeFormat};
use crate::source::path::FieldPath;
use crate::source::written::{FormatWord, Names, ResourceTable};

/// What the columns of one resource share.
pub(super) struct Mapper {
    pub(super) format: FormatWord,
    pub(super) has_window: bool,
    pub(super) has_ids: bool,
    pub(super) has_parent: bool,
    pub(super) zone: Tz,
    pub(super) fields: Vec<Field>,
}

impl Mapper {
    pub(super) fn new(table: &ResourceTable, zone: Tz) -> Self {
        let (has_window, has_ids) = (table.window.is_some(), table.fan_out.is_some());
        let fan_outs = table.fan_out.iter().flat_map(|list| &list.get_ref().0);
        let has_parent = fan_outs.into_iter().any(|one| one.resource.is_some());
        Self { format: table.format, has_window, has_ids, has_parent, zone, fields: Vec::new() }
    }

    /// Whether fields are found by JSON paths, else by the names of a header.
    pub(super) fn has_paths(&self) -> bool {
        matches!(self.format, FormatWord::Json | FormatWord::Jsonl)
    }

    /// A column from the field of its own name, which only a required one must have.
    pub(super) fn by_name(&mut self, column: Column) -> ColumnRule {
        let presence = if column.required { Presence::Needed } else { Presence::Optional };
        let path = FieldPath::read(column.name).unwrap_or_default();
        let paths = if self.has_paths() { vec![path] } else { Vec::new() };
        ColumnRule {
            origin: Origin::Field(self.position(vec![column.name.to_owned()], paths, presence)),
            null: vec![String::new()],
            time: TimeFormat::Plain,
            ..ColumnRule::nothing(column, self.zone)
        }
    }

    /// The position of a field, added when it is new; it must be there when any rule says so.
    fn position(&mut self, names: Vec<String>, paths: Vec<FieldPath>, presence: Presence) -> FieldIndex {
        match self.fields.iter().position(|field| field.names == names) {
            Some(known) => {
                if presence == Presence::Needed {
                    self.fields[known].presence = Presence::Needed;
                }
                known
            }
            None => {
                self.fields.push(Field { names, paths, presence });
                self.fields.len() - 1
            }
        }
    }
}

impl Checker<'_> {
    /// A field that a rule reads, by its names.
    pub(super) fn field(
        &mut self,
        names: &Names,
        place: std::ops::Range<usize>,
        presence: Presence,
        mapper: &mut Mapper,
    ) -> FieldIndex {
        if names.0.is_empty() {
            self.fault(place.clone(), "the list of names is empty", "name at least one field");
        }
        let paths = if mapper.has_paths() { self.paths(names, place) } else { Vec::new() };
        mapper.position(names.0.clone(), paths, presence)
    }

    /// The same names as paths into a JSON record.
    pub(super) fn paths(&mut self, names: &Names, place: std::ops::Range<usize>) -> Vec<FieldPath> {
        let read = |name: &String| FieldPath::read(name).map_err(|fault| (name.clone(), fault));
        let mut paths = Vec::new();
        for path in names.0.iter().map(read) {
            match path {
                Ok(path) => paths.push(path),
                Err((name, fault)) => {
                    let hint = "examples are `a.b`, `list[0]`, `list[code=7].value` and `^.day`";
                    self.fault(place.clone(), format!("`{name}` is not a path: {fault}"), hint);
                }
            }
        }
        paths
    }
}
