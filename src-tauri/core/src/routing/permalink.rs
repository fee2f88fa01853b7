//! Owns how the CLI turns a name into a permalink (`generate_permalink`), by which it matches names.

use super::transliteration::in_ascii;
use unicode_normalization::UnicodeNormalization as _;

/// The permalink of a project's name.
pub fn permalink(name: &str) -> String {
    // Both spellings of a composed letter give one permalink.
    let path: String = as_posix(name).nfc().collect();
    let base = without_extension(&path);
    let plain = if base.chars().any(|c| is_ideograph(c) || is_fullwidth(c)) {
        with_ideographs(base)
    } else {
        base.chars().map(in_ascii).collect()
    };
    let hyphenated = hyphens(&camel_case(&plain));
    hyphenated.split('/').map(|segment| segment.trim_matches('-')).collect::<Vec<_>>().join("/")
}

/// As Python's `Path` cleans it: no empty and no `.` segment, no slash at the end.
fn as_posix(name: &str) -> String {
    #[cfg(windows)]
    let name = &name.replace('\\', "/");
    let root = if name.starts_with('/') { "/" } else { "" };
    let segments: Vec<&str> = name.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect();
    match (root, segments.is_empty()) {
        ("", true) => ".".to_owned(),
        _ => format!("{root}{}", segments.join("/")),
    }
}

/// Without an extension that Python's `mimetypes` knows by itself. What a computer's own lists add
/// is not known here; a project is seldom named like a file.
fn without_extension(path: &str) -> &str {
    let split = |path: &str| -> Option<usize> {
        let name_start = path.rfind('/').map_or(0, |slash| slash + 1);
        let name = &path[name_start..];
        // Leading dots are part of the name.
        let dots = name.len() - name.trim_start_matches('.').len();
        name[dots..].rfind('.').map(|dot| name_start + dots + dot)
    };
    let Some(dot) = split(path) else { return path };
    let extension = &path[dot + 1..];
    let known = |extension: &str| EXTENSIONS.binary_search(&extension.to_ascii_lowercase().as_str()).is_ok();
    let packed = matches!(extension, "gz" | "Z" | "bz2" | "xz" | "br");
    let inner = if packed { split(&path[..dot]).map(|inner| &path[inner + 1..dot]) } else { None };
    let packed_archive = matches!(extension, "svgz" | "tgz" | "taz" | "tz" | "tbz2" | "txz");
    if known(if packed { inner.unwrap_or_default() } else { extension }) || packed_archive {
        &path[..dot]
    } else {
        path
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{4dbf}')
}

fn is_fullwidth(c: char) -> bool {
    ('\u{ff00}'..='\u{ffef}').contains(&c)
}

/// Ideographs stay, full-width signs go, the rest becomes ASCII, with a hyphen where the two meet.
fn with_ideographs(base: &str) -> String {
    let mut mixed = String::with_capacity(base.len());
    for c in base.chars().filter(|c| !is_fullwidth(*c)) {
        if is_ideograph(c) {
            mixed.push(c);
        } else {
            mixed.push_str(in_ascii(c));
        }
    }
    between(&mixed, |left, right| {
        (is_ideograph(left) && right.is_ascii_alphanumeric()) || (left.is_ascii_alphanumeric() && is_ideograph(right))
    })
}

fn camel_case(text: &str) -> String {
    between(text, |left, right| (left.is_ascii_lowercase() || left.is_ascii_digit()) && right.is_ascii_uppercase())
}

/// With a hyphen between two characters that belong apart.
fn between(text: &str, apart: impl Fn(char, char) -> bool) -> String {
    let mut parted = String::with_capacity(text.len() + 8);
    let mut last = None;
    for c in text.chars() {
        if last.is_some_and(|last| apart(last, c)) {
            parted.push('-');
        }
        parted.push(c);
        last = Some(c);
    }
    parted
}

/// Lower case, no apostrophes, hyphens for all that is no letter, digit, slash or full stop.
fn hyphens(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().filter(|c| *c != '\'') {
        let c = c.to_ascii_lowercase();
        let stays = c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '.') || is_ideograph(c);
        match stays {
            true => plain.push(c),
            false if !plain.ends_with('-') => plain.push('-'),
            false => {}
        }
    }
    plain
}

/// What Python 3.12's `mimetypes` knows without a computer's own lists, in order. `md` is not among them.
const EXTENSIONS: &[&str] = &[
    "3g2",
    "3gp",
    "3gpp",
    "3gpp2",
    "a",
    "aac",
    "adts",
    "ai",
    "aif",
    "aifc",
    "aiff",
    "ass",
    "au",
    "avi",
    "avif",
    "bat",
    "bcpio",
    "bin",
    "bmp",
    "c",
    "cdf",
    "cpio",
    "csh",
    "css",
    "csv",
    "dll",
    "doc",
    "dot",
    "dvi",
    "eml",
    "eps",
    "etx",
    "exe",
    "gif",
    "gtar",
    "h",
    "h5",
    "hdf",
    "heic",
    "heif",
    "htm",
    "html",
    "ico",
    "ief",
    "jpe",
    "jpeg",
    "jpg",
    "js",
    "json",
    "ksh",
    "latex",
    "loas",
    "m1v",
    "m3u",
    "m3u8",
    "man",
    "me",
    "mht",
    "mhtml",
    "mif",
    "mjs",
    "mov",
    "movie",
    "mp2",
    "mp3",
    "mp4",
    "mpa",
    "mpe",
    "mpeg",
    "mpg",
    "ms",
    "n3",
    "nc",
    "nq",
    "nt",
    "nws",
    "o",
    "obj",
    "oda",
    "opus",
    "p12",
    "p7c",
    "pbm",
    "pdf",
    "pfx",
    "pgm",
    "pl",
    "png",
    "pnm",
    "pot",
    "ppa",
    "ppm",
    "pps",
    "ppt",
    "ps",
    "pwz",
    "py",
    "pyc",
    "pyo",
    "qt",
    "ra",
    "ram",
    "ras",
    "rdf",
    "rgb",
    "roff",
    "rtx",
    "sgm",
    "sgml",
    "sh",
    "shar",
    "snd",
    "so",
    "src",
    "srt",
    "sv4cpio",
    "sv4crc",
    "svg",
    "swf",
    "t",
    "tar",
    "tcl",
    "tex",
    "texi",
    "texinfo",
    "tif",
    "tiff",
    "tr",
    "trig",
    "tsv",
    "txt",
    "ustar",
    "vcf",
    "vtt",
    "wasm",
    "wav",
    "webm",
    "webmanifest",
    "wiz",
    "wsdl",
    "xbm",
    "xlb",
    "xls",
    "xml",
    "xpdl",
    "xpm",
    "xsl",
    "xwd",
    "zip",
];

#[cfg(test)]
mod tests {
    use super::permalink;

    #[test]
    fn names_become_what_the_real_cli_makes_of_them() {
        // Answers of `generate_permalink` in 0.24.1.
        for (name, expected) in [
            ("My Research", "my-research"),
            ("my-research", "my-research"),
            ("notes.txt", "notes"),
            ("v2.0", "v2.0"),
            ("Version 2.0.0", "version-2.0.0"),
            ("\u{c9}lan vital", "elan-vital"),
            ("na\u{ef}ve caf\u{e9}", "naive-cafe"),
            ("\u{4e2d}\u{6587}/\u{6d4b}\u{8bd5}\u{6587}\u{6863}", "\u{4e2d}\u{6587}/\u{6d4b}\u{8bd5}\u{6587}\u{6863}"),
            ("\u{4e2d}\u{6587}abc\u{9879}\u{76ee}2", "\u{4e2d}\u{6587}-abc-\u{9879}\u{76ee}-2"),
            ("Stra\u{df}e", "strasse"),
            ("\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}\u{41c}\u{438}\u{440}", "privet-mir"),
            ("\u{65e5}\u{672c}\u{8a9e}\u{30ce}\u{30fc}\u{30c8}", "\u{65e5}\u{672c}\u{8a9e}-no-to"),
            ("a_b__c", "a-b-c"),
            ("Don't Panic", "dont-panic"),
            ("fooBar2Baz", "foo-bar2-baz"),
            ("A/B//C/", "a/b/c"),
            ("./x", "x"),
            ("/abs/p", "/abs/p"),
            ("..", ".."),
            ("", "."),
            ("  spaced  ", "spaced"),
            ("--x--", "x"),
            ("tab\tname", "tab-name"),
            ("x.tar.gz", "x.tar"),
            ("x.svgz", "x"),
            ("file.TXT", "file"),
            ("\u{dc}n\u{ef}c\u{f6}d\u{e9} 2.1", "unicode-2.1"),
            ("\u{d55c}\u{ad6d}\u{c5b4}", "hangugeo"),
            ("emoji \u{1f389} party", "emoji-party"),
            ("\u{fb01}ne", "fine"),
            ("\u{5168}\u{89d2}\u{ff21}\u{ff22}\u{ff23}", "\u{5168}\u{89d2}"),
            ("a\u{3000}b", "a-\u{3000}-b"),
            ("\u{130}stanbul", "istanbul"),
            ("e\u{301}t\u{e9}", "ete"),
            (".hidden", ".hidden"),
            (".txt", ".txt"),
            ("a.b/c.txt", "a.b/c"),
            ("C++ & Rust!", "c-rust"),
            ("100%", "100"),
            ("q?", "q"),
            ("x.json", "x"),
            ("my.project", "my.project"),
            ("foo.py", "foo"),
            ("a\u{2019}b\u{2019}c", "abc"),
            ("\u{3a9}-omega", "o-omega"),
            ("\u{f8}", "o"),
            ("\u{6771}\u{4eac}Tower", "\u{6771}\u{4eac}-tower"),
            ("\u{ff13}D", "d"),
            ("\u{404}\u{432}\u{430}", "ieva"),
            ("a\u{26f9}b", "ab"),
            ("\u{e1}\u{bd}cup", "a-1/2cup"),
        ] {
            assert_eq!(permalink(name), expected, "{name:?}");
        }
    }
}
