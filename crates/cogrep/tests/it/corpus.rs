//! Known counts in real text. Needs the folder named by `COGREP_CORPUS`.

use cogrep_testing::corpus;

use crate::common::{Place, expect};

#[test]
fn war_and_peace_has_the_known_counts() {
    let Some(corpus) = corpus() else { return };
    let book = corpus.join("corpora/pg2600.txt");
    let book = book.to_str().unwrap();
    let place = Place::new();
    for engine in ["auto", "chapter"] {
        let run = |arguments: &str| {
            place.run(arguments.split(' ').chain(["--engine", engine, "--in", book]))
        };
        assert_eq!(run("-i love"), expect("love 677\n", "", 0));
        assert_eq!(run("-i love hate hope"), expect("love 677\nhate 103\nhope 158\n", "", 0));
        assert_eq!(run("love hate hope"), expect("love 667\nhate 103\nhope 157\n", "", 0));
        assert_eq!(run("-w love"), expect("love 448\n", "", 0));
        assert_eq!(run("--lines -i love"), expect("love 617\n", "", 0));
    }
}
