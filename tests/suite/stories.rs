//! Every scheme's worked examples come out as their authors worked them out by hand.

use std::fs;
use std::path::{Path, PathBuf};

use scorepost::diag::AuthoredFile;
use scorepost::scheme::Registry;
use scorepost::trial;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn every_story_is_as_worked_out_by_hand() {
    let (mut told, mut wrong) = (0, Vec::new());
    let mut schemes: Vec<PathBuf> = fs::read_dir(folder("fixtures/schemes"))
        .expect("stories")
        .map(|entry| entry.expect("a folder").path())
        .collect();
    schemes.sort();
    for scheme in schemes {
        let id = scheme.file_name().expect("a name").to_string_lossy().into_owned();
        let file = AuthoredFile::read(&folder("jobs/schemes").join(format!("{id}.toml"))).expect("the story's scheme");
        for story in trial::stories(&scheme).expect("stories") {
            told += 1;
            match trial::run(&file, &story) {
                Ok(trial) => wrong.extend(trial.differences.iter().map(|one| format!("{}: {one}", story.display()))),
                Err(error) => wrong.push(format!("{}: {error:#}", story.display())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(told > 0, "no stories");
}

#[test]
fn every_scheme_has_a_story() {
    let registry = Registry::load(&folder("jobs/schemes")).unwrap_or_else(|found| panic!("{found}"));
    for scheme in registry.all() {
        let stories = folder("fixtures/schemes").join(&scheme.id);
        let many = trial::stories(&stories).map(|stories| stories.len()).unwrap_or(0);
        assert!(many > 0 || scheme.catalogue.is_none(), "`{}` has no story in {}", scheme.id, stories.display());
    }
}
