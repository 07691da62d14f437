//! Curves (R05 of the catalogue): from a number to points, by bands whose edges say whether they are included.

use crate::exact::Exact;
use crate::words::Bilingual;

use super::Amount;

/// The limit of one band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edge {
    /// ≥ (以上).
    AtLeast(Exact),
    /// > (超过).
    Above(Exact),
    /// ≤ (以内).
    AtMost(Exact),
    /// < (低于).
    Below(Exact),
}

impl Edge {
    /// Whether a value lies on the good side.
    pub fn admits(&self, value: &Exact) -> bool {
        match self {
            Self::AtLeast(limit) => value >= limit,
            Self::Above(limit) => value > limit,
            Self::AtMost(limit) => value <= limit,
            Self::Below(limit) => value < limit,
        }
    }

    /// The number at the edge.
    pub fn limit(&self) -> &Exact {
        match self {
            Self::AtLeast(limit) | Self::Above(limit) | Self::AtMost(limit) | Self::Below(limit) => limit,
        }
    }

    /// The sign of the comparison: `≥`, `>`, `≤`, `<`.
    pub fn sign(&self) -> &'static str {
        match self {
            Self::AtLeast(_) => "≥",
            Self::Above(_) => ">",
            Self::AtMost(_) => "≤",
            Self::Below(_) => "<",
        }
    }

    /// Whether bands with this edge reward larger values.
    pub fn looks_up(&self) -> bool {
        matches!(self, Self::AtLeast(_) | Self::Above(_))
    }

    /// Whether everything that `later` admits is admitted here already.
    pub fn covers(&self, later: &Edge) -> bool {
        match (self, later) {
            (Self::Above(here), Self::AtLeast(there)) => there > here,
            (Self::Below(here), Self::AtMost(there)) => there < here,
            (here, there) if here.looks_up() => there.limit() >= here.limit(),
            (here, there) => there.limit() <= here.limit(),
        }
    }
}

/// One band: the first whose edge admits the value fires.
#[derive(Clone, Debug)]
pub struct Band {
    /// Its limit.
    pub edge: Edge,
    /// What the edge lacks, where its owner must still supply it.
    pub lacking: Option<String>,
    /// The points it gives.
    pub points: Amount,
    /// The place of the level that it gives.
    pub level: Option<usize>,
}

/// Bands from best to worst, and the points of everything else.
#[derive(Clone, Debug)]
pub struct Curve {
    /// From best to worst.
    pub bands: Vec<Band>,
    /// The points when no band admits the value.
    pub otherwise: Amount,
    /// The level when no band admits the value.
    pub otherwise_level: Option<usize>,
}

/// What a curve gave for a value.
#[derive(Clone, Debug)]
pub struct Fired<'a> {
    /// The points.
    pub points: &'a Amount,
    /// Which band, or `None` for the rest.
    pub band: Option<usize>,
    /// The place of the level that came with it.
    pub level: Option<usize>,
}

impl Curve {
    /// The points for a value and the band that gave them, or the name of the edge that nobody has set.
    pub fn fire(&self, value: &Exact) -> Result<Fired<'_>, String> {
        if let Some(lacking) = self.bands.iter().find_map(|band| band.lacking.clone()) {
            return Err(lacking);
        }
        Ok(match self.bands.iter().position(|band| band.edge.admits(value)) {
            Some(index) => {
                let band = &self.bands[index];
                Fired { points: &band.points, band: Some(index), level: band.level }
            }
            None => Fired { points: &self.otherwise, band: None, level: self.otherwise_level },
        })
    }

    /// The band in words: `≥ 62%`, `< 15s`, or `其余` for the rest; `print` writes the edge in its unit.
    pub fn words(&self, band: Option<usize>, print: impl Fn(&Exact) -> String) -> Bilingual {
        match band.and_then(|index| self.bands.get(index)) {
            Some(band) => Bilingual::same(format!("{} {}", band.edge.sign(), print(band.edge.limit()))),
            None => match self.bands.last() {
                Some(last) => {
                    let sign = match last.edge {
                        Edge::AtLeast(_) => "<",
                        Edge::Above(_) => "≤",
                        Edge::AtMost(_) => ">",
                        Edge::Below(_) => "≥",
                    };
                    Bilingual::same(format!("{sign} {}", print(last.edge.limit())))
                }
                None => Bilingual::new("其余", "otherwise"),
            },
        }
    }

    /// The edge of the best band that gives `full` points, which is the target to draw.
    pub fn target(&self, full: &Exact) -> Option<&Exact> {
        let full_band = self.bands.iter().rev().find(|band| band.points.known() == Some(full));
        full_band.map(|band| band.edge.limit())
    }

    /// The names of what is unset in it.
    pub fn unset(&self) -> Vec<String> {
        let bands = self
            .bands
            .iter()
            .flat_map(|band| band.lacking.iter().cloned().chain(band.points.lacking().map(str::to_owned)));
        bands.chain(self.otherwise.lacking().map(str::to_owned)).collect()
    }

    /// The most that it gives.
    pub fn most(&self) -> Option<&Exact> {
        self.bands.iter().map(|band| &band.points).chain([&self.otherwise]).filter_map(Amount::known).max()
    }
}
