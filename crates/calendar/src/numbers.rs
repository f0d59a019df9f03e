use core::fmt;

use jiff::civil::Date;

/// The individual identification number of a person.
///
/// Only length, digits and the control digit are checked. Date and sex inside the number may differ from the birth
/// record (Decree No. 853 of 26.08.2013) and are never a reason to refuse. Never printed: it has no `Display`, and
/// `Debug` hides it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Iin([u8; 12]);

/// The business identification number of an organisation; length and control digit as in [`Iin`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bin([u8; 12]);

/// The sex a number's seventh digit tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// Digits 1, 3, 5.
    Male,
    /// Digits 2, 4, 6.
    Female,
}

/// What is wrong with an IIN or BIN. Never contains the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not twelve characters.
    #[error("the number has {found} characters; write all 12 digits")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// Something besides the digits 0 to 9.
    #[error("the number may contain only the digits 0 to 9")]
    NotDigits,
    /// The twelfth digit does not follow from the others, or these are never issued.
    #[error("the control digit does not fit; check the number for a mistyped digit")]
    ControlDigit,
}

impl Iin {
    /// Reads exactly twelve digits, nothing before or behind them.
    pub fn parse(text: &str) -> Result<Iin, NumberError> {
        checked_digits(text).map(Iin)
    }

    /// The number for a made-up person: date, seventh digit (1 to 6: century and sex) and serial (0 to 9999).
    /// `None` when the digit does not fit the century or the number is never issued.
    pub fn from_birth(born: Date, century_and_sex: u8, serial: u16) -> Option<Iin> {
        if century_of(century_and_sex)? != born.year() / 100 || serial > 9999 {
            return None;
        }
        let digit = |value: u16| b'0' + (value % 10) as u8;
        let year = born.year().unsigned_abs();
        let (month, day) = (u16::from(born.month().unsigned_abs()), u16::from(born.day().unsigned_abs()));
        let mut digits = [
            digit(year / 10),
            digit(year),
            digit(month / 10),
            digit(month),
            digit(day / 10),
            digit(day),
            b'0' + century_and_sex,
            digit(serial / 1000),
            digit(serial / 100),
            digit(serial / 10),
            digit(serial),
            b'0',
        ];
        digits[11] = control_digit(&digits)?;
        Some(Iin(digits))
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        text_of(&self.0)
    }

    /// The birth date written inside. A difference from the birth record is a warning, never an error.
    pub fn birth_date_inside(&self) -> Option<Date> {
        let two = |at: usize| i16::from(self.0[at] - b'0') * 10 + i16::from(self.0[at + 1] - b'0');
        let century = century_of(self.0[6] - b'0')?;
        Date::new(century * 100 + two(0), i8::try_from(two(2)).ok()?, i8::try_from(two(4)).ok()?).ok()
    }

    /// The sex written inside; a difference from the birth record is a warning, never an error.
    pub fn sex_inside(&self) -> Option<Sex> {
        match self.0[6] {
            b'1' | b'3' | b'5' => Some(Sex::Male),
            b'2' | b'4' | b'6' => Some(Sex::Female),
            _ => None,
        }
    }
}

impl Bin {
    /// Reads exactly twelve digits, nothing before or behind them.
    pub fn parse(text: &str) -> Result<Bin, NumberError> {
        checked_digits(text).map(Bin)
    }

    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        text_of(&self.0)
    }
}

impl fmt::Debug for Iin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iin(hidden)")
    }
}

impl fmt::Debug for Bin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bin({})", self.as_str())
    }
}

fn text_of(digits: &[u8; 12]) -> &str {
    core::str::from_utf8(digits).unwrap_or_default()
}

fn checked_digits(text: &str) -> Result<[u8; 12], NumberError> {
    let found = text.chars().count();
    if found != 12 {
        return Err(NumberError::Length { found });
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::NotDigits);
    }
    let digits: [u8; 12] = text.as_bytes().try_into().map_err(|_| NumberError::Length { found })?;
    if control_digit(&digits) == Some(digits[11]) { Ok(digits) } else { Err(NumberError::ControlDigit) }
}

/// The twelfth digit by the first eleven; `None` when both passes give 10: such a number is never issued.
fn control_digit(digits: &[u8; 12]) -> Option<u8> {
    const FIRST: [u32; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    const SECOND: [u32; 11] = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2];
    let pass = |weights: [u32; 11]| {
        let sum: u32 =
            digits.iter().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        // Below 10 it fits a digit.
        (sum % 11 < 10).then_some(b'0' + (sum % 11) as u8)
    };
    pass(FIRST).or_else(|| pass(SECOND))
}

/// The hundreds of the birth year by the seventh digit.
fn century_of(digit: u8) -> Option<i16> {
    match digit {
        1 | 2 => Some(18),
        3 | 4 => Some(19),
        5 | 6 => Some(20),
        _ => None,
    }
}
