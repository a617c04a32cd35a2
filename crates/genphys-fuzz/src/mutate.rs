//! One damaged copy of an input.

use crate::random::Random;

/// Numbers that readers stumble over, as text.
const NUMBERS: [&str; 29] = [
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "7",
    "16",
    "17",
    "64",
    "65",
    "127",
    "128",
    "255",
    "256",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "0.1",
    "1e-320",
    "1e308",
    "1e999999999",
    "1e-999999999",
    "99999999999999999999999999999999999999999999",
];

/// Numbers that readers stumble over, in binary.
const WORDS: [u64; 14] = [
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFF_FFFF,
    0x8000_0000,
    0xFFFF_FFFF,
    i64::MAX as u64,
    u64::MAX,
];

/// Longest input that is made.
const LONGEST: usize = 1 << 21;

/// A copy with one to eight changes. `words` are put in as they are; `others` give pieces.
pub(crate) fn mutated(random: &mut Random, input: &[u8], words: &[&str], others: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = input.to_vec();
    for _ in 0..=random.small(4) {
        change(random, &mut bytes, words, others);
        bytes.truncate(LONGEST);
    }
    bytes
}

fn change(random: &mut Random, bytes: &mut Vec<u8>, words: &[&str], others: &[Vec<u8>]) {
    let (from, to) = range(random, bytes.len());
    match random.below(13) {
        0 => {
            if let Some(byte) = bytes.get_mut(from) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(from) {
                *byte = (random.bits() & 0xFF) as u8;
            }
        }
        2 => _ = bytes.drain(from..to),
        3 => bytes.truncate(from),
        4 => {
            let piece = bytes[from..to].to_vec();
            insert(bytes, to, &piece);
        }
        5 => {
            // Many times the same: nesting, long chains, long lists.
            let piece = bytes[from..to.min(from + 12)].to_vec();
            let times = random.small(15);
            insert(bytes, from, &piece.repeat(times.min(LONGEST / piece.len().max(1))));
        }
        6 => {
            let other = random.choose(others).map_or(&[][..], Vec::as_slice);
            let (start, end) = range(random, other.len());
            bytes.splice(from..to, other[start..end].iter().copied());
        }
        7 => binary(random, bytes, from),
        8 | 9 => number(random, bytes, from),
        10 => {
            let word = random.choose(words).copied().unwrap_or_default();
            let times = if random.below(8) == 0 { random.small(12) } else { 1 };
            insert(bytes, from, word.repeat(times).as_bytes());
        }
        11 => {
            let word = random.choose(words).copied().unwrap_or_default();
            let (start, end) = run(bytes, from, |byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80);
            bytes.splice(start..end, word.bytes());
        }
        _ => {
            let piece: Vec<u8> = bytes.drain(from..to).collect();
            let place = random.below(bytes.len() + 1);
            insert(bytes, place, &piece);
        }
    }
}

/// Mostly short ranges.
fn range(random: &mut Random, length: usize) -> (usize, usize) {
    let from = random.below(length + 1);
    (from, (from + random.small(10)).min(length))
}

fn insert(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    bytes.splice(at..at, piece.iter().copied());
}

/// A number of one to eight bytes, in either order.
fn binary(random: &mut Random, bytes: &mut [u8], at: usize) {
    let value = random.choose(&WORDS).copied().unwrap_or_default();
    let size = 1 << random.below(4);
    let Some(place) = bytes.get_mut(at..at + size) else { return };
    if random.below(2) == 0 {
        place.copy_from_slice(&value.to_le_bytes()[..size]);
    } else {
        place.copy_from_slice(&value.to_be_bytes()[8 - size..]);
    }
}

/// Another number in place of the one in decimals at or after a place.
fn number(random: &mut Random, bytes: &mut Vec<u8>, at: usize) {
    let Some(found) = bytes[at..].iter().position(u8::is_ascii_digit) else { return };
    let (start, end) = run(bytes, at + found, |byte| byte.is_ascii_digit());
    let text = if random.below(4) == 0 {
        random.below(1 << 20).to_string()
    } else {
        random.choose(&NUMBERS).copied().unwrap_or_default().to_owned()
    };
    bytes.splice(start..end, text.bytes());
}

/// The run of such bytes around a place.
fn run(bytes: &[u8], at: usize, belongs: impl Fn(u8) -> bool) -> (usize, usize) {
    let start = bytes[..at].iter().rposition(|byte| !belongs(*byte)).map_or(0, |before| before + 1);
    let end = bytes[at..].iter().position(|byte| !belongs(*byte)).map_or(bytes.len(), |length| at + length);
    (start, end)
}
