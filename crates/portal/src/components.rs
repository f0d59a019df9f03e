//! What the larger components of `templates/components.html` show.

/// A row of a summary list; `href` and `action` may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SummaryRow {
    /// What it is.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Where it can be changed.
    pub href: String,
    /// The words of that link.
    pub action: String,
}

impl SummaryRow {
    /// A row that cannot be changed.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into(), ..Self::default() }
    }

    /// The same row with a link beside it.
    pub fn action(self, href: impl Into<String>, action: impl Into<String>) -> Self {
        Self { href: href.into(), action: action.into(), ..self }
    }
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The words above it.
    pub text: String,
    /// Whether it holds numbers, which stand at its right edge.
    pub numeric: bool,
}

impl Column {
    /// A column of words.
    pub fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), numeric: false }
    }

    /// A column of numbers.
    pub fn numbers(text: impl Into<String>) -> Self {
        Self { text: text.into(), numeric: true }
    }
}

/// A cell of a table; `href` may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

impl Cell {
    /// A cell of words or a ready number.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: String::new() }
    }

    /// A cell that leads somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// A plain table: a row has as many cells as there are columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What the table shows; every table has a caption.
    pub caption: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Whether it has more columns than fit in letters of the usual size.
    pub fn is_wide(&self) -> bool {
        self.columns.len() > 5
    }

    /// Cells of a row beside their columns.
    pub fn pairs(&self, row: &[Cell]) -> Vec<(Column, Cell)> {
        self.columns.iter().cloned().zip(row.iter().cloned()).collect()
    }
}

/// Which page of how many is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pages {
    /// The page shown, from 1.
    pub current: u32,
    /// How many there are.
    pub last: u32,
    /// The address up to the number: `/kk/places?year=2019&page=`.
    pub href: String,
}

impl Pages {
    /// The part of a list that the asked page shows, `size` lines long, and where it stands; a page that is not there
    /// is the nearest that is.
    pub fn cut<T>(all: &[T], asked: Option<String>, size: usize, href: String) -> (&[T], Self) {
        let last = all.len().div_ceil(size).max(1);
        let current = asked.and_then(|page| page.parse().ok()).unwrap_or(1).clamp(1, last);
        let shown = all.chunks(size).nth(current - 1).unwrap_or_default();
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        (shown, Self { current: small(current), last: small(last), href })
    }

    /// The address of a page.
    pub fn link(&self, page: &u32) -> String {
        format!("{}{page}", self.href)
    }

    /// The page before, if there is one.
    pub fn previous(&self) -> Option<u32> {
        (self.current > 1).then(|| self.current - 1)
    }

    /// The page after, if there is one.
    pub fn next(&self) -> Option<u32> {
        (self.current < self.last).then(|| self.current + 1)
    }

    /// The numbers to show: first, last and those around the current one; 0 stands for a gap.
    pub fn shown(&self) -> Vec<u32> {
        let mut shown = Vec::new();
        let mut before = 0;
        for page in 1..=self.last {
            if page == 1 || page == self.last || page.abs_diff(self.current) <= 1 {
                if page > before + 1 {
                    shown.push(0);
                }
                shown.push(page);
                before = page;
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cut_into_pages() {
        let all = [1, 2, 3, 4, 5];
        let cut = |asked: &str| {
            let (shown, pages) = Pages::cut(&all, Some(asked.to_string()), 2, String::new());
            (shown, pages.current, pages.last)
        };
        assert_eq!(cut("1"), (&all[..2], 1, 3));
        assert_eq!(cut("3"), (&all[4..], 3, 3));
        assert_eq!(cut("9"), (&all[4..], 3, 3));
        assert_eq!(cut("0"), (&all[..2], 1, 3));
        assert_eq!(cut("x"), (&all[..2], 1, 3));
        assert_eq!(Pages::cut::<u8>(&[], None, 2, String::new()).1.last, 1);
    }

    #[test]
    fn pagination_shows_the_ends_and_the_neighbours() {
        let pages = |current, last| Pages { current, last, href: "?page=".to_string() };
        assert_eq!(pages(1, 1).shown(), [1]);
        assert_eq!(pages(5, 10).shown(), [1, 0, 4, 5, 6, 0, 10]);
        assert_eq!(pages(1, 10).shown(), [1, 2, 0, 10]);
        assert_eq!(pages(1, 10).previous(), None);
        assert_eq!(pages(10, 10).next(), None);
        assert_eq!(pages(2, 3).link(&3), "?page=3");
    }
}
