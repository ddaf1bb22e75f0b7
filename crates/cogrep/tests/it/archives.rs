//! Archives as other programs write them, held against the trees that they were made of.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use cogrep_testing::{share, skip};

use crate::common::{Place, answer, expect};

/// Random trees, and archives of each, in the folder `made/NUMBER`: `tree` and the rest.
const PROGRAM: &str = r#"
import io, os, random, struct, subprocess, sys, tarfile, zipfile

count = int(sys.argv[1])
random.seed(sys.argv[2])
WORDS = [b"love", b"hate", b"hope", b"lovely", b"\n", b" ", b"\0", b"\xff\xfe", b"PK\x03\x04", b"PK\x07\x08", b"ustar"]

def text():
    kind = random.random()
    # What begins as an archive is one.
    first = random.choice([b"love", b" ", b"\xff\xfe", b"hope"])
    if kind < 0.15:
        return b""
    if kind < 0.9:
        return first + b"".join(random.choices(WORDS, k=random.randrange(0, 60)))
    return first + b"".join(random.choices(WORDS, k=40)) * random.randrange(1, 2000)

def name():
    part = lambda: "".join(random.choices("abc d!é-_\n" if random.random() < 0.1 else "abcdef", k=random.randrange(1, 9)))
    long = ["x" * random.choice([60, 99, 100, 101, 150, 250])] if random.random() < 0.1 else []
    # A folder named "-" would be standard input to zip.
    return "/".join(["d" + part() for _ in range(random.randrange(0, 3))] + long + ["f" + part()])

def tree(root):
    files = {}
    for _ in range(random.randrange(0, 9)):
        path = name()
        try:
            os.makedirs(os.path.dirname(f"{root}/{path}") or root, exist_ok=True)
            with open(f"{root}/{path}", "wb") as file:
                file.write(text())
                if random.random() < 0.1:
                    file.seek(random.randrange(1, 300000), 1)
                    file.write(b"love")
            files[path] = open(f"{root}/{path}", "rb").read()
        except OSError:
            pass
    return files

def python_tar(path, files):
    style = random.choice([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
    pack = random.choice(["", "gz", "bz2", "xz"])
    with tarfile.open(path, f"w:{pack}", format=style) as tar:
        for member, data in files.items():
            info = tarfile.TarInfo(member)
            info.size = len(data)
            info.mtime = random.choice([0, 1.5, 10**9])
            tar.addfile(info, io.BytesIO(data))

def python_zip(path, files):
    unseekable = random.random() < 0.4
    class Pipe(io.RawIOBase):
        def __init__(self, file): self.file = file
        def writable(self): return True
        def write(self, data): return self.file.write(data)
    with open(path, "wb") as file:
        with zipfile.ZipFile(Pipe(file) if unseekable else file, "w") as archive:
            for member, data in files.items():
                method = random.choice([0, 8, 8, 12, 14])
                if unseekable and method == 14:
                    method = 8
                info = zipfile.ZipInfo(member)
                info.compress_type = method
                with archive.open(info, "w", force_zip64=random.random() < 0.2) as out:
                    out.write(data)

def program(command):
    return lambda path, files: subprocess.run(
        [part.replace("ARCHIVE", os.path.abspath(path)) for part in command],
        cwd=os.path.dirname(path) + "/tree", check=True, stdout=subprocess.DEVNULL)

def has(command):
    try:
        return subprocess.run([command, "--help"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False

gnu = [program(["tar", "-cf", "ARCHIVE", f"--format={style}", *flags, "."])
       for style in ["oldgnu", "gnu", "posix"] for flags in [[], ["--sparse"]]]
gnu += [program(["tar", "-cSf", "ARCHIVE", "--format=posix", f"--sparse-version={version}", "."]) for version in ["0.0", "0.1", "1.0"]]
gnu += [program(["tar", f"-c{flag}f", "ARCHIVE", "."]) for flag in "zJj"]
short = [program(["tar", "-cf", "ARCHIVE", f"--format={style}", "."]) for style in ["v7", "ustar"]]
zips = [program(["zip", "-qr", *flags, "ARCHIVE.zip", "."]) for flags in [[], ["-0"], ["-9"], ["-Z", "bzip2"], ["-fd"], ["-fz"]]] if has("zip") else []
if has("bsdtar"):
    gnu += [program(["bsdtar", "-cf", "ARCHIVE", f"--format={style}", "."]) for style in ["gnutar", "pax", "zip"]]
    short += [program(["bsdtar", "-cf", "ARCHIVE", f"--format={style}", "."]) for style in ["v7", "ustar"]]
# It takes names with a line feed, or a word like `-`, for something else.
if has("7z"):
    zips += [program(["7z", "a", "-tzip", f"-mm={way}", "-mx=1", "ARCHIVE.zip", "."]) for way in ["Copy", "Deflate", "Deflate64", "BZip2", "LZMA"]]

for number in range(count):
    folder = f"made/{number}"
    os.makedirs(folder + "/tree")
    files = tree(folder + "/tree")
    ways = [python_tar, python_zip, random.choice(gnu)]
    if all(len(path.encode()) < 99 for path in files):
        ways.append(random.choice(short))
    if zips and files:
        ways.append(random.choice(zips))
    for nth, way in enumerate(ways):
        try:
            way(f"{folder}/{nth}", files)
        except ValueError:
            # A name or a number that the format has no room for.
            os.remove(f"{folder}/{nth}")
"#;

/// What is counted in an input, a line a pattern; in what is piped in, for `-`.
fn counted(place: &Place, input: &Path, piped: &[u8]) -> String {
    let input = input.to_str().unwrap();
    let words = ["love", "hate", "hope", "PK", "ustar"].map(|word| ["-e", word]);
    let arguments = ["--hidden", "--no-ignore"].into_iter().chain(words.into_iter().flatten());
    let answer = place.pipe(piped, arguments.chain([input]));
    // Hints may say what a random text looks like, or that an empty tree has no file.
    assert!(answer.status < 2, "{input}: {}", answer.err);
    answer.out
}

#[test]
fn random_archives_have_the_totals_of_their_trees() {
    let place = Place::new();
    place.write("made/.folder", b"");
    let trees = share(1000);
    let mut command = Command::new("python3");
    command.current_dir(place.path()).stdin(Stdio::null());
    command.args(["-c", PROGRAM, &trees.to_string(), "cogrep"]);
    if Command::new("python3").arg("--version").output().is_err() {
        return skip("there is no python3");
    }
    let made = answer(&mut command, b"");
    assert_eq!(made.err, "");
    assert_eq!(made.status, 0);
    let mut archives = 0;
    for number in 0..trees {
        let folder = place.path().join(format!("made/{number}"));
        let expected = counted(&place, &folder.join("tree"), b"");
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                assert_eq!(counted(&place, &path, b""), expected, "{}", path.display());
                let bytes = fs::read(&path).unwrap();
                let piped = counted(&place, Path::new("-"), &bytes);
                assert_eq!(piped, expected, "{}, piped in", path.display());
                archives += 1;
            }
        }
    }
    assert!(archives >= 2 * trees);
}

/// A tar with these members, by GNU tar, which every Debian has.
fn tar(place: &Place, archive: &str, members: &[(&str, &[u8])]) {
    for (name, bytes) in members {
        place.write(Path::new("tree").join(name), bytes);
    }
    place.write(Path::new(archive).with_file_name(".folder"), b"");
    let names = members.iter().map(|(name, _)| *name);
    let mut command = Command::new("tar");
    command.current_dir(place.path().join("tree")).args(["-caf"]);
    command.arg(place.path().join(archive)).args(names);
    assert_eq!(answer(&mut command, b"").err, "");
}

const MEMBERS: [(&str, &[u8]); 4] =
    [("a.txt", b"love love"), ("b/c.log", b"love"), (".d", b"love"), ("b/e.txt", b"hate")];

#[test]
fn members_are_sources_with_names_in_files_folders_and_pipes() {
    let place = Place::new();
    tar(&place, "x/box.tar.gz", &MEMBERS);
    let csv = |input: &str, pipe: &[u8]| {
        place.pipe(pipe, ["love", "--by", "file", "--format", "csv", input])
    };
    let expected = |name: &str| {
        let rows = [("a.txt", 2), ("b/c.log", 1), ("b/e.txt", 0)];
        let rows = rows.map(|(member, count)| format!("{name}!{member},love,{count}\n"));
        rows.concat()
    };
    let packed = fs::read(place.path().join("x/box.tar.gz")).unwrap();
    for (input, name) in [("x/box.tar.gz", "x/box.tar.gz"), ("x", "x/box.tar.gz"), ("-", "-")] {
        let answer = csv(input, &packed);
        assert_eq!((answer.status, answer.err.as_str()), (0, ""), "{input}");
        for line in expected(name).lines() {
            assert!(answer.out.contains(line), "{input}: {line} in {}", answer.out);
        }
        assert!(!answer.out.contains("!.d"));
    }
}

#[test]
fn selection_holds_for_members() {
    let place = Place::new();
    tar(&place, "box.tar", &MEMBERS);
    let love = |arguments: &[&str]| {
        let arguments = ["love"].into_iter().chain(arguments.iter().copied()).chain(["box.tar"]);
        place.run(arguments).out.trim_start_matches("love ").trim().to_owned()
    };
    assert_eq!(love(&[]), "3");
    assert_eq!(love(&["--hidden"]), "4");
    assert_eq!(love(&["-g", "*.log"]), "1");
    assert_eq!(love(&["-g", "!b"]), "2");
    assert_eq!(love(&["-t", "txt"]), "2");
    assert_eq!(love(&["--max-filesize", "5"]), "1");
    let whole = place.run(["--no-decompress", "love", "box.tar"]);
    assert_eq!(whole, expect("love 4\n", "", 0));
    let stats = place.run(["--stats", "love", "box.tar", "-g", "!*.log"]);
    assert!(stats.err.contains("left out  2: 1 hidden, 1 by --glob"), "{}", stats.err);
}

#[test]
fn archives_in_archives_are_opened_as_deep_as_is_asked() {
    let place = Place::new();
    tar(&place, "tree/1.tar", &[("a", b"love")]);
    tar(&place, "tree/2.tar.gz", &[("1.tar", &fs::read(place.path().join("tree/1.tar")).unwrap())]);
    let inner = fs::read(place.path().join("tree/2.tar.gz")).unwrap();
    tar(&place, "3.tar", &[("2.tar.gz", &inner), ("z", b"love")]);
    assert_eq!(place.run(["love", "tree/2.tar.gz"]), expect("love 1\n", "", 0));
    let deep = "3.tar!2.tar.gz!1.tar";
    let refusal = format!(
        "cogrep: {deep}: it is an archive, nested deeper than archives are opened; raise --nest\n\
         cogrep: incomplete: 1 of 2 sources could not be read to the end\n"
    );
    assert_eq!(place.run(["love", "3.tar"]), expect("love 1\n", &refusal, 2));
    assert_eq!(place.run(["love", "--nest", "2", "3.tar"]), expect("love 2\n", "", 0));
}
