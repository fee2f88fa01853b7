//! Owns the table of letters in ASCII that the program carries: what the crate `unidecode` knows, packed. There it
//! is a pointer for each of 65,536 characters, with a relocation each, which would be a sixth of the program.

use std::collections::BTreeMap;
use std::path::PathBuf;
use unidecode::unidecode_char;

/// As many characters as the crate knows.
const CHARACTERS: u32 = 0x1_0000;

#[allow(clippy::disallowed_methods, reason = "cargo says in the environment where its output goes")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo names no folder")?);
    // What it does not know the crate marks like this, and the CLI drops.
    let spelled = |code: u32| {
        let spelled = char::from_u32(code).map(unidecode_char).unwrap_or_default();
        if spelled.starts_with("[?]") { "" } else { spelled }
    };
    let mut places: BTreeMap<&str, u16> = (0..CHARACTERS).map(|code| (spelled(code), 0)).collect();
    let (mut texts, mut starts) = (String::new(), Vec::new());
    for (number, (text, place)) in places.iter_mut().enumerate() {
        *place = u16::try_from(number)?;
        starts.extend(u32::try_from(texts.len())?.to_le_bytes());
        texts.push_str(text);
    }
    starts.extend(u32::try_from(texts.len())?.to_le_bytes());
    let letters: Vec<u8> =
        (0..CHARACTERS).filter_map(|code| places.get(spelled(code))).flat_map(|place| place.to_le_bytes()).collect();
    std::fs::write(folder.join("ascii.texts"), texts)?;
    std::fs::write(folder.join("ascii.starts"), starts)?;
    std::fs::write(folder.join("ascii.letters"), letters)?;
    Ok(())
}
