//! Owns reading one whole file of the CLI without leaving a copy of it, and which bytes are text
//! that the CLI takes. Leaves out what is inside.

use super::RoutingError;
use super::json::{Document, Fault, FaultKind};
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;
use zeroize::Zeroizing;

/// No settings file is larger, even one of many thousand projects.
const LARGEST: u64 = 64 * 1024 * 1024;
/// UTF-8's byte order mark. Python's `json.loads` refuses it.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The whole file in a buffer that never moves, so that no copy of it stays behind. Links are
/// followed; pipes and devices are not opened, since reading them could wait for ever.
pub(super) fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, RoutingError> {
    let unreadable = || RoutingError::Unreadable(path.to_owned());
    let facts = std::fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => RoutingError::Absent(path.to_owned()),
        _ => unreadable(),
    })?;
    if !facts.is_file() {
        return Err(RoutingError::NotAFile(path.to_owned()));
    }
    let mut file = File::open(path).map_err(|_| unreadable())?;
    // Asked of the open file, since another may stand in its place by now.
    let length = file.metadata().map_err(|_| unreadable())?.len();
    if length > LARGEST {
        return Err(RoutingError::TooLarge(path.to_owned()));
    }
    // Room for a file that grows meanwhile: read until full, then it is someone's half-written one.
    let room = usize::try_from(length).map_err(|_| RoutingError::TooLarge(path.to_owned()))? + 4096;
    let mut bytes = Zeroizing::new(vec![0; room]);
    let mut filled = 0;
    while filled < room {
        match file.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Err(unreadable()),
        }
    }
    if filled == room {
        return Err(unreadable());
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// The characters of a file, if the CLI would take them.
pub(super) fn text<'b>(bytes: &'b [u8], file: &Path) -> Result<&'b str, RoutingError> {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        return Err(RoutingError::ByteOrderMark(file.to_owned()));
    }
    std::str::from_utf8(bytes).map_err(|_| RoutingError::NotUtf8(file.to_owned()))
}

/// The values of a text, or where it stops being JSON.
pub(super) fn document<'t>(text: &'t str, file: &Path) -> Result<Document<'t>, RoutingError> {
    Document::parse(text).map_err(|Fault { kind, line, column }| match kind {
        FaultKind::Comment => RoutingError::Comments { file: file.to_owned(), line },
        FaultKind::NotJson => RoutingError::NotJson { file: file.to_owned(), line, column },
    })
}

/// Why a file that was refused is refused.
pub(super) fn problem(file: &Path) -> RoutingError {
    let found = read(file).and_then(|bytes| document(text(&bytes, file)?, file).map(|_| ()));
    found.err().unwrap_or_else(|| RoutingError::WrongShape { file: file.to_owned(), field: "cloud_api_key".to_owned() })
}
