//! Every page by hash: a template, a face or a typst that moves or recolours anything is told, with the page.
//!
//! Where pages are meant to look otherwise, look at them (`proofs_for_the_eye`, `.ci/pictures`), then keep their hashes:
//! `INSTA_UPDATE=always cargo test --lib every_page_looks_as_it_did`.

use std::fmt::Write as _;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use typst::layout::{Abs, Point, Transform};
use typst::visualize::{Curve, CurveItem, FixedStroke, Geometry, Paint};

use super::super::renderer::MOST_PACK_PAGES;
use super::super::world::file_id;
use super::*;

/// What every template is tried with.
const TRIALS: [(Shape, Locale); 7] = [
    (Shape::Usual, Locale::Zh),
    (Shape::Usual, Locale::En),
    (Shape::Minimal, Locale::Zh),
    (Shape::Overflowing, Locale::Zh),
    (Shape::Overflowing, Locale::En),
    (Shape::Hostile, Locale::Zh),
    (Shape::Missing, Locale::Zh),
];

/// What cards and packs are tried with besides.
const MORE: [(Shape, Locale); 2] = [(Shape::Ledger, Locale::Zh), (Shape::Levels, Locale::En)];

#[test]
fn every_page_looks_as_it_did() {
    let renderer = renderer();
    let usual = renderer.templates().flat_map(|template| TRIALS.map(|(shape, locale)| (template, shape, locale)));
    let more =
        ["card.typ", "pack.typ"].into_iter().flat_map(|template| MORE.map(|(shape, locale)| (template, shape, locale)));
    let trials: Vec<_> = usual.chain(more).collect();
    let pages: Vec<String> = trials.par_iter().flat_map_iter(|trial| hashes(&renderer, *trial)).collect();
    insta::assert_snapshot!("pages", pages.join("\n"));
}

#[test]
fn the_hash_of_a_page_tells_a_hair_and_a_shade() {
    let folder = tempfile::tempdir().expect("a folder");
    let looks = |drawn: &str| {
        let text =
            format!("#set document(title: \"t\", date: datetime(year: 2026, month: 10, day: 31))\n= T\n{drawn}\n");
        std::fs::write(folder.path().join("card.typ"), text).expect("a file");
        let renderer = Renderer::open(Some(folder.path()), None).expect("templates");
        hashes(&renderer, ("card.typ", Shape::Minimal, Locale::Zh))
    };
    let once = looks("#rect(width: 9pt, fill: luma(40))");
    assert_eq!(once, looks("#box(rect(width: 9pt, fill: luma(40)))"), "what holds the shape is not seen");
    for other in
        ["#rect(width: 9.1pt, fill: luma(40))", "#rect(width: 9pt, fill: luma(41))", "#h(1pt)#rect(width: 9pt)"]
    {
        assert_ne!(once, looks(other), "{other}");
    }
}

/// A line for each page of a template's document.
fn hashes(renderer: &Renderer, (template, shape, locale): (&str, Shape, Locale)) -> Vec<String> {
    let Some((body, issue)) = sample(template, shape, locale) else { return Vec::new() };
    let main = file_id(template).expect("a template");
    let laid_out = renderer.laid_out(main, &body, &issue, MOST_PACK_PAGES);
    let pages = laid_out.unwrap_or_else(|fault| panic!("{template} {shape:?}: {fault}")).document;
    let line = |(at, page): (usize, &typst_layout::Page)| {
        let mut drawn = format!("{} {}\n", pt(page.frame.width()), pt(page.frame.height()));
        describe(&page.frame, Transform::identity(), &mut drawn);
        let hash = hex::encode(&Sha256::digest(drawn)[..8]);
        format!("{template} {shape:?} {} page {}: {hash}", locale.tag(), at + 1)
    };
    pages.pages().iter().enumerate().map(line).collect()
}

/// What is drawn and where on the page, in the order of drawing; not in which boxes.
fn describe(frame: &Frame, outer: Transform, into: &mut String) {
    for (at, item) in frame.items() {
        let here = outer.pre_concat(Transform::translate(at.x, at.y));
        let drawn = match item {
            FrameItem::Group(group) => {
                let inner = here.pre_concat(group.transform);
                if let Some(clip) = &group.clip {
                    let _ = writeln!(into, "{} clip {}", place(inner), curve(clip));
                }
                describe(&group.frame, inner, into);
                continue;
            }
            FrameItem::Text(text) => {
                let info = text.font.font().info();
                let glyphs: String = text.glyphs.iter().map(|one| format!(" {}", one.id)).collect();
                let weight = info.variant.weight.to_number();
                let (size, width, fill) = (pt(text.size), pt(text.width()), paint(&text.fill));
                format!("{} {weight} {size} {width} {fill} {}{glyphs}", info.family, text.text)
            }
            FrameItem::Shape(shape, _) => {
                let fill = shape.fill.as_ref().map(paint);
                let stroke = shape.stroke.as_ref().map(stroke);
                format!("{} {fill:?} {stroke:?}", geometry(&shape.geometry))
            }
            FrameItem::Image(image, size, _) => {
                format!("{}x{} {}x{}", image.width(), image.height(), pt(size.x), pt(size.y))
            }
            FrameItem::Link(..) | FrameItem::Tag(..) => continue,
        };
        let _ = writeln!(into, "{} {drawn}", place(here));
    }
}

/// A length to a hundredth of a point, since not every machine rounds the rest alike.
fn pt(length: Abs) -> String {
    format!("{:.2}", length.to_pt() + 0.0)
}

fn point(at: &Point) -> String {
    format!("{},{}", pt(at.x), pt(at.y))
}

fn place(at: Transform) -> String {
    let turn = [at.sx, at.ky, at.kx, at.sy].map(|share| format!("{:.3}", share.get()));
    format!("{} {}", point(&Point::new(at.tx, at.ty)), turn.join(","))
}

fn paint(paint: &Paint) -> String {
    match paint {
        Paint::Solid(colour) => colour.to_hex().to_string(),
        other => format!("{other:?}"),
    }
}

fn stroke(stroke: &FixedStroke) -> String {
    let dash = stroke.dash.as_ref().map(|dash| dash.array.iter().map(|length| pt(*length)).collect::<Vec<_>>());
    format!("{} {} {:?} {:?} {dash:?}", paint(&stroke.paint), pt(stroke.thickness), stroke.cap, stroke.join)
}

fn geometry(geometry: &Geometry) -> String {
    match geometry {
        Geometry::Line(to) => format!("line {}", point(to)),
        Geometry::Rect(size) => format!("rect {}", point(&size.to_point())),
        Geometry::Curve(all) => curve(all),
    }
}

fn curve(curve: &Curve) -> String {
    let item = |item: &CurveItem| match item {
        CurveItem::Move(to) => format!("move {}", point(to)),
        CurveItem::Line(to) => format!("line {}", point(to)),
        CurveItem::Cubic(out, into, to) => format!("bend {} {} {}", point(out), point(into), point(to)),
        CurveItem::Close => "close".to_owned(),
    };
    curve.0.iter().map(item).collect::<Vec<_>>().join(" ")
}
