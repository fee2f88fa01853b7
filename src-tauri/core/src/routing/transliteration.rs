//! Owns the letters that the CLI's `unidecode` (1.4) spells otherwise than the crate of that name, whose
//! tables are older. Only those that people write in names; signs of phonetics and ornament are left.

/// Every spelling once, one behind the other; where each begins, and the last one's end, four bytes each; and for
/// each character the number of its spelling, two bytes each. Packed by build.rs.
const TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/ascii.texts"));
const STARTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ascii.starts"));
const LETTERS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ascii.letters"));

/// A character in ASCII, as the CLI spells it; nothing for one that it does not know.
pub(super) fn in_ascii(c: char) -> &'static str {
    match OTHERWISE.binary_search_by_key(&c, |(letter, _)| *letter) {
        Ok(place) => OTHERWISE[place].1,
        Err(_) => packed(c).unwrap_or_default(),
    }
}

fn packed(c: char) -> Option<&'static str> {
    let code = usize::try_from(u32::from(c)).ok()?;
    let number = usize::from(u16::from_le_bytes(*LETTERS.get(2 * code..)?.first_chunk()?));
    let place = |number: usize| {
        let bytes = STARTS.get(4 * number..)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    };
    TEXTS.get(place(number)?..place(number + 1)?)
}

/// In order.
const OTHERWISE: &[(char, &str)] = &[
    ('\u{bc}', " 1/4"),
    ('\u{bd}', " 1/2"),
    ('\u{be}', " 3/4"),
    ('\u{14a}', "NG"),
    ('\u{14b}', "ng"),
    ('\u{3f4}', ""),
    ('\u{3f5}', ""),
    ('\u{3f6}', ""),
    ('\u{3f7}', ""),
    ('\u{3f8}', ""),
    ('\u{3f9}', ""),
    ('\u{3fc}', ""),
    ('\u{3fd}', ""),
    ('\u{3fe}', ""),
    ('\u{3ff}', ""),
    ('\u{404}', "Ie"),
    ('\u{589}', ":"),
    ('\u{5be}', "-"),
    ('\u{5c3}', "."),
    ('\u{5c6}', "n"),
    ('\u{5d0}', "A"),
    ('\u{5d7}', "H"),
    ('\u{5d8}', "T"),
    ('\u{5da}', "KH"),
    ('\u{5db}', "KH"),
    ('\u{5e5}', "TS"),
    ('\u{5e6}', "TS"),
    ('\u{5e7}', "k"),
    ('\u{5e9}', "SH"),
    ('\u{5ef}', "YYY"),
    ('\u{5f1}', "OY"),
    ('\u{5f2}', "EY"),
    ('\u{6ff}', ""),
    ('\u{1e9b}', "S"),
    ('\u{1e9c}', ""),
    ('\u{1e9d}', ""),
    ('\u{1e9e}', "SS"),
    ('\u{1e9f}', ""),
    ('\u{1efa}', ""),
    ('\u{1efb}', ""),
    ('\u{1efc}', ""),
    ('\u{1efd}', ""),
    ('\u{1efe}', ""),
    ('\u{1eff}', ""),
    ('\u{2047}', "??"),
    ('\u{204a}', "&"),
    ('\u{204e}', "*"),
    ('\u{2052}', "%"),
    ('\u{2053}', "~"),
    ('\u{2071}', "i"),
    ('\u{2090}', "a"),
    ('\u{2091}', "e"),
    ('\u{2092}', "o"),
    ('\u{2093}', "x"),
    ('\u{2095}', "h"),
    ('\u{2096}', "k"),
    ('\u{2097}', "l"),
    ('\u{2098}', "m"),
    ('\u{2099}', "n"),
    ('\u{209a}', "p"),
    ('\u{209b}', "s"),
    ('\u{209c}', "t"),
    ('\u{20b0}', "Pf"),
    ('\u{20b1}', "P"),
    ('\u{20b2}', "G"),
    ('\u{20b3}', "A"),
    ('\u{20b4}', "UAH"),
    ('\u{20b5}', "C|"),
    ('\u{20b6}', "L"),
    ('\u{20b7}', "Sm"),
    ('\u{20b8}', "T"),
    ('\u{20b9}', "Rs"),
    ('\u{20ba}', "L"),
    ('\u{20bb}', "M"),
    ('\u{20bc}', "m"),
    ('\u{20bd}', "R"),
    ('\u{20be}', "l"),
    ('\u{20bf}', "BTC"),
    ('\u{2100}', " a/c "),
    ('\u{2101}', " a/s "),
    ('\u{2102}', "C"),
    ('\u{2103}', "degC"),
    ('\u{2105}', " c/o "),
    ('\u{2106}', " c/u "),
    ('\u{2109}', "degF"),
    ('\u{210a}', "g"),
    ('\u{210b}', "H"),
    ('\u{210c}', "H"),
    ('\u{210d}', "H"),
    ('\u{210e}', "h"),
    ('\u{2110}', "I"),
    ('\u{2111}', "I"),
    ('\u{2112}', "L"),
    ('\u{2113}', "l"),
    ('\u{2115}', "N"),
    ('\u{2116}', "No. "),
    ('\u{2117}', "(p)"),
    ('\u{2119}', "P"),
    ('\u{211a}', "Q"),
    ('\u{211b}', "R"),
    ('\u{211c}', "R"),
    ('\u{211d}', "R"),
    ('\u{211f}', "R/"),
    ('\u{2120}', "(sm)"),
    ('\u{2121}', "TEL"),
    ('\u{2122}', "(tm)"),
    ('\u{2123}', "V/"),
    ('\u{2124}', "Z"),
    ('\u{2126}', "ohm"),
    ('\u{2128}', "Z"),
    ('\u{212a}', "K"),
    ('\u{212b}', "A"),
    ('\u{212c}', "B"),
    ('\u{212d}', "C"),
    ('\u{212e}', "e"),
    ('\u{212f}', "e"),
    ('\u{2130}', "E"),
    ('\u{2131}', "F"),
    ('\u{2132}', "F"),
    ('\u{2133}', "M"),
    ('\u{2134}', "o"),
    ('\u{2139}', "i"),
    ('\u{213b}', "FAX"),
    ('\u{2145}', "D"),
    ('\u{2146}', "d"),
    ('\u{2147}', "e"),
    ('\u{2148}', "i"),
    ('\u{2149}', "j"),
    ('\u{214d}', "A/S"),
    ('\u{214e}', "F"),
    ('\u{2150}', " 1/7 "),
    ('\u{2151}', " 1/9 "),
    ('\u{2152}', " 1/10 "),
    ('\u{2189}', " 0/3 "),
    ('\u{3057}', "shi"),
    ('\u{3061}', "chi"),
    ('\u{3063}', "tsu"),
    ('\u{3064}', "tsu"),
    ('\u{30a0}', "="),
    ('\u{30b7}', "shi"),
    ('\u{30c1}', "chi"),
    ('\u{30c3}', "tsu"),
    ('\u{30c4}', "tsu"),
    ('\u{30fb}', "*"),
    ('\u{30fc}', "-"),
    ('\u{30ff}', ""),
];

#[cfg(test)]
mod tests {
    use super::*;
    use unidecode::unidecode_char;

    #[test]
    fn what_is_packed_is_what_the_crate_knows_of_every_character() {
        for c in (0..=0x1_ffff).filter_map(char::from_u32) {
            let known = unidecode_char(c);
            let known = if known.starts_with("[?]") { "" } else { known };
            assert_eq!(packed(c).unwrap_or_default(), known, "{c:?}");
        }
        assert_eq!((packed('é'), packed('北'), packed('a')), (Some("e"), Some("Bei "), Some("a")));
    }

    #[test]
    fn letters_spelled_otherwise_stand_in_order() {
        assert!(OTHERWISE.is_sorted_by_key(|(letter, _)| *letter));
        assert_eq!((in_ascii('\u{bd}'), in_ascii('\u{ff}')), (" 1/2", "y"));
    }
}
