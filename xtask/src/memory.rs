//! Owns the search for the characters of a secret in the memory of running programs and in files.
//! Needs root. Leaves out which secrets, and when none may be there (tests/secrecy.rs).

use crate::processes::{descendants, program_of};
use crate::steps::{Failure, Outcome};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

/// Characters in a row that count as a trace. Memory that was given back keeps all but the head of what
/// was in it, and a buffer may hold only the end, so that a search for the whole would miss both.
const PIECE: usize = 12;

/// Bytes of a page (x86-64, and arm64 as Debian builds it).
const PAGE: u64 = 4096;

/// How much is read at once.
const STRETCH: u64 = 1 << 20;

/// A secret that is looked for, in the forms that a program may hold it in.
#[derive(Clone)]
pub struct Wanted {
    name: String,
    pieces: Vec<(&'static str, Vec<u8>)>,
}

/// A place that holds a part of a secret. Says nothing of the secret itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Which of the secrets.
    pub name: String,
    /// Which program, or which file.
    pub holder: String,
    /// In which form, and where.
    pub place: String,
    /// What stands around it, with every run of characters that could be a secret left out.
    pub surroundings: String,
}

impl Wanted {
    /// A secret, without as many characters of its head as may be shown.
    pub fn new(name: &str, characters: &str, shown: usize) -> Self {
        let tail = characters.as_bytes().get(shown..).unwrap_or_default();
        let mut pieces = Vec::new();
        for piece in tail.chunks_exact(PIECE.min(tail.len().max(1))) {
            pieces.push(("UTF-8", piece.to_vec()));
            pieces.push(("UTF-16", piece.iter().flat_map(|byte| [*byte, 0]).collect()));
            pieces.push(("UTF-32", piece.iter().flat_map(|byte| [*byte, 0, 0, 0]).collect()));
            // What stands before the secret decides where base64's groups of three begin.
            for skipped in 0..3 {
                let whole = &piece[skipped..skipped + (piece.len() - skipped) / 3 * 3];
                pieces.push(("base64", STANDARD_NO_PAD.encode(whole).into_bytes()));
                pieces.push(("base64", URL_SAFE_NO_PAD.encode(whole).into_bytes()));
            }
        }
        // Reversed, as the forms are met: a piece of few characters could stand anywhere by chance.
        pieces.retain(|(_, piece)| piece.len() >= PIECE);
        pieces.dedup();
        Self { name: name.to_owned(), pieces }
    }

    /// Whether there is anything to look for.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}

impl std::fmt::Debug for Wanted {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Wanted").field("name", &self.name).finish_non_exhaustive()
    }
}

impl std::fmt::Display for Trace {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} in {}: {}\n    {}", self.name, self.holder, self.place, self.surroundings)
    }
}

/// The processes of the app: itself and everything below it, but for its sandbox, a program of its own.
pub fn processes_of(app: u32) -> Vec<u32> {
    let apart: Vec<u32> = descendants(app)
        .into_iter()
        .filter(|id| program_of(*id).as_deref() == Some("latchkey-sandbox"))
        .flat_map(|id| [vec![id], descendants(id)].concat())
        .collect();
    [vec![app], descendants(app)].concat().into_iter().filter(|id| !apart.contains(id)).collect()
}

/// Every trace of the secrets in the readable memory of these processes.
pub fn in_memory(processes: &[u32], wanted: &[Wanted]) -> Outcome<Vec<Trace>> {
    let search = Search::new(wanted)?;
    let mut traces = Vec::new();
    for process in processes {
        let holder = format!("{} ({process})", program_of(*process).unwrap_or_default());
        each_stretch(*process, search.longest, &mut |region, address, bytes| {
            search.each(bytes, &mut |at, name, form| {
                traces.push(Trace {
                    name: name.to_owned(),
                    holder: holder.clone(),
                    place: format!("{form} at {:x} in {region}", address + at as u64),
                    surroundings: around(bytes, at),
                });
            });
        })?;
    }
    traces.dedup();
    Ok(traces)
}

/// What a process holds that begins like this and goes on for so many letters, digits, `_` and `-`.
pub fn beginning_with(process: u32, head: &str, length: usize) -> Outcome<BTreeSet<String>> {
    let wanted = [Wanted { name: String::new(), pieces: vec![("UTF-8", head.as_bytes().to_vec())] }];
    let search = Search::new(&wanted)?;
    let mut found = BTreeSet::new();
    each_stretch(process, head.len() + length, &mut |_, _, bytes| {
        search.each(bytes, &mut |at, _, _| {
            let text = bytes[at..].get(..head.len() + length).and_then(|text| std::str::from_utf8(text).ok());
            let whole = text.filter(|text| text.bytes().skip(head.len()).all(is_letter));
            found.extend(whole.map(str::to_owned));
        });
    })?;
    Ok(found)
}

/// Every trace of the secrets in the files below a folder, but for the folders left out.
pub fn in_files(folder: &Path, left_out: &[PathBuf], wanted: &[Wanted]) -> Outcome<Vec<Trace>> {
    let search = Search::new(wanted)?;
    let mut traces = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?.flatten() {
            let path = entry.path();
            let kind = entry.file_type().map_err(|error| unreadable(&path, &error))?;
            if left_out.contains(&path) {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                // A file that was removed meanwhile holds nothing any more.
                let bytes = std::fs::read(&path).unwrap_or_default();
                search.each(&bytes, &mut |at, name, form| {
                    traces.push(Trace {
                        name: name.to_owned(),
                        holder: path.display().to_string(),
                        place: format!("{form} at {at}"),
                        surroundings: around(&bytes, at),
                    });
                });
            }
        }
    }
    Ok(traces)
}

/// All pieces at once, found by their first two bytes.
struct Search<'a> {
    wanted: &'a [Wanted],
    heads: Vec<bool>,
    longest: usize,
}

impl<'a> Search<'a> {
    fn new(wanted: &'a [Wanted]) -> Outcome<Self> {
        if wanted.is_empty() || wanted.iter().any(Wanted::is_empty) {
            return Err(Failure::new("there is no secret to look for", "see where the test takes it from"));
        }
        let pieces = || wanted.iter().flat_map(|wanted| &wanted.pieces);
        let mut heads = vec![false; 1 << 16];
        for (_, piece) in pieces() {
            heads[head(piece[0], piece[1])] = true;
        }
        Ok(Self { wanted, heads, longest: pieces().map(|(_, piece)| piece.len()).max().unwrap_or_default() })
    }

    fn each(&self, bytes: &[u8], found: &mut impl FnMut(usize, &str, &str)) {
        let Some(last) = bytes.len().checked_sub(1) else { return };
        for at in 0..last {
            if !self.heads[head(bytes[at], bytes[at + 1])] {
                continue;
            }
            for wanted in self.wanted {
                for (form, piece) in &wanted.pieces {
                    if bytes[at..].starts_with(piece) {
                        found(at, &wanted.name, form);
                    }
                }
            }
        }
    }
}

fn head(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

/// Hands over all memory of a process that can be read and that it has really been given, with so many
/// bytes of each stretch repeated at the head of the next.
fn each_stretch(process: u32, overlap: usize, take: &mut impl FnMut(&str, u64, &[u8])) -> Outcome<()> {
    let file = |name: &str| {
        let path = PathBuf::from(format!("/proc/{process}/{name}"));
        File::open(&path).map_err(|error| unreadable(&path, &error))
    };
    let mut maps = String::new();
    let path = PathBuf::from(format!("/proc/{process}/maps"));
    file("maps")?.read_to_string(&mut maps).map_err(|error| unreadable(&path, &error))?;
    let (memory, pages) = (file("mem")?, file("pagemap")?);
    let mut seen = 0;
    for line in maps.lines() {
        let Some((from, to, rights, name)) = region(line) else { continue };
        if !rights.starts_with('r') || name.starts_with("[v") {
            continue;
        }
        let mut at = from;
        while at < to {
            let until = (at + STRETCH).min(to);
            for (start, length) in resident(&pages, at, until) {
                let start = start.saturating_sub(if start == at && at > from { overlap as u64 } else { 0 });
                let length = usize::try_from(length + (at - at.min(start))).unwrap_or_default();
                let mut bytes = vec![0; length];
                // What was given back between the two looks cannot be read any more.
                if let Ok(read) = memory.read_at(&mut bytes, start) {
                    seen += read;
                    take(&format!("{rights} {name}"), start, &bytes[..read]);
                }
            }
            at = until;
        }
    }
    // A search that saw nothing would find nothing.
    if seen < usize::try_from(STRETCH).unwrap_or_default() {
        return Err(Failure::new(format!("the memory of process {process} cannot be read"), ROOT));
    }
    Ok(())
}

/// `7f…-7f… rw-p 00000000 00:00 0   [heap]`.
fn region(line: &str) -> Option<(u64, u64, &str, &str)> {
    let mut words = line.split_whitespace();
    let (from, to) = words.next()?.split_once('-')?;
    let rights = words.next()?;
    let hexadecimal = |text: &str| u64::from_str_radix(text, 16).ok();
    Some((hexadecimal(from)?, hexadecimal(to)?, rights, words.nth(3).unwrap_or("unnamed")))
}

/// The stretches between two addresses that are in memory or swapped out (`/proc/PID/pagemap`).
fn resident(pages: &File, from: u64, to: u64) -> Vec<(u64, u64)> {
    let count = usize::try_from((to - from) / PAGE).unwrap_or_default();
    let mut entries = vec![0; 8 * count];
    let read = pages.read_at(&mut entries, from / PAGE * 8).unwrap_or_default();
    let mut stretches: Vec<(u64, u64)> = Vec::new();
    for (at, entry) in (from..to).step_by(4096).zip(entries[..read].chunks_exact(8)) {
        // The two highest bits, in the byte that stands last.
        if entry[7] & 0xc0 == 0 {
            continue;
        }
        match stretches.last_mut().filter(|(start, length)| start + *length == at) {
            Some((_, length)) => *length += PAGE,
            None => stretches.push((at, PAGE)),
        }
    }
    stretches
}

/// The bytes around a place as text, without any run that could be a part of a secret.
fn around(bytes: &[u8], at: usize) -> String {
    let text: String = bytes[at.saturating_sub(160)..(at + 160).min(bytes.len())]
        .iter()
        .filter(|byte| **byte != 0)
        .map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { ' ' })
        .collect();
    let words = text.split_inclusive(|letter: char| !letter.is_ascii() || !is_letter(letter as u8));
    words.map(|word| if word.len() > PIECE / 2 && word.len() > 18 { "[…] " } else { word }).collect()
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// What to do where the memory of other programs is closed.
const ROOT: &str = "run this as root, for example `sudo -E env PATH=\"$PATH\" cargo xtask test --only secrecy`: \
    no other user may look into the memory of the app";

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be read: {error}", path.display()), ROOT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "bmc_Qv4mplantedSecretOfSomeLengthThatGoesOnEXAMPLE";

    fn found(bytes: &[u8]) -> Vec<String> {
        let wanted = [Wanted::new("it", SECRET, 8)];
        let mut forms = Vec::new();
        Search::new(&wanted).unwrap().each(bytes, &mut |_, _, form| forms.push(form.to_owned()));
        forms.dedup();
        forms
    }

    #[test]
    fn a_secret_is_found_in_every_form_and_in_part() {
        let tail = SECRET.split_at(19).1;
        assert_eq!(found(format!("\0\0{SECRET}\0").as_bytes()), ["UTF-8"]);
        assert_eq!(found(format!("clobbered{tail}").as_bytes()), ["UTF-8"]);
        let wide: Vec<u8> = SECRET.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found(&wide), ["UTF-16"]);
        for before in ["", "x", "xy"] {
            assert_eq!(found(STANDARD_NO_PAD.encode(format!("{before}{SECRET}")).as_bytes()), ["base64"]);
        }
        assert!(found(b"bmc_Qv4m and nothing more").is_empty());
    }

    #[test]
    fn what_stands_around_a_trace_does_not_tell_it() {
        let bytes = format!("Authorization: Bearer {SECRET}\r\n");
        let told = around(bytes.as_bytes(), 22);
        assert!(told.contains("Authorization: Bearer"), "{told}");
        assert!(!told.contains("Secret"), "{told}");
    }
}
