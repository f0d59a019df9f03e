//! The figures as a picture: places and answers of the broad mix, by the number of claimants.

use std::fmt::Write;

use super::figures::Spread;
use super::plan::Mix;
use super::report::{CellReport, Report, SideReport};

const WIDTH: f64 = 900.0;
const PANEL: f64 = 300.0;
const LEFT: f64 = 90.0;
const TOP: f64 = 50.0;
const BAR: f64 = 22.0;
/// Chosen to be told apart also by those who see colours differently.
const COLOURS: [(&str, &str); 5] =
    [("A1", "#999999"), ("A2", "#d55e00"), ("B", "#0072b2"), ("C", "#56b4e9"), ("L", "#222222")];

/// One quantity of every side.
struct Panel {
    title: &'static str,
    value: fn(&SideReport) -> Option<Spread>,
}

const PANELS: [Panel; 2] = [
    Panel { title: "places given in a second, broad mix", value: |side| side.places_per_s },
    Panel { title: "99 of 100 claims answered within, ms, broad mix", value: |side| side.p99_ms },
];

/// An SVG picture; bars are medians, lines reach from the least to the greatest round. Scales are logarithmic.
pub fn svg(report: &Report) -> String {
    let cells: Vec<&CellReport> = report.cells.iter().filter(|cell| cell.mix == Mix::Broad.name()).collect();
    let height = TOP + PANEL * PANELS.len() as f64 + 30.0;
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"13\"><rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
    );
    legend(&mut out, &cells);
    for (index, panel) in PANELS.iter().enumerate() {
        draw(&mut out, panel, &cells, TOP + PANEL * index as f64);
    }
    out.push_str("</svg>\n");
    out
}

fn legend(out: &mut String, cells: &[&CellReport]) {
    let Some(first) = cells.first() else { return };
    for (index, side) in first.sides.iter().enumerate() {
        let x = 20.0 + 175.0 * index as f64;
        let _ = write!(
            out,
            "<rect x=\"{x}\" y=\"14\" width=\"12\" height=\"12\" fill=\"{}\"/>\
             <text x=\"{}\" y=\"25\">{} {}</text>",
            colour(side.side),
            x + 17.0,
            side.side,
            side.name,
        );
    }
}

fn draw(out: &mut String, panel: &Panel, cells: &[&CellReport], top: f64) {
    let values = || cells.iter().flat_map(|cell| &cell.sides).filter_map(panel.value);
    let Some(scale) = Scale::of(values(), top + 30.0, top + PANEL - 40.0) else { return };
    let _ =
        write!(out, "<text x=\"{LEFT}\" y=\"{}\" font-weight=\"bold\">{}</text>", top + 16.0, panel.title);
    for decade in scale.decades() {
        let y = scale.y(decade);
        let _ = write!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#dddddd\"/>\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{decade}</text>",
            WIDTH - 20.0,
            LEFT - 8.0,
            y + 4.0,
        );
    }
    let room = (WIDTH - LEFT - 20.0) / cells.len().max(1) as f64;
    for (index, cell) in cells.iter().enumerate() {
        let x = LEFT + room * index as f64 + 15.0;
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\">{} claimants</text>",
            x,
            top + PANEL - 20.0,
            cell.claimants
        );
        let bars = cell.sides.iter().filter_map(|side| Some((side.side, (panel.value)(side)?)));
        for (place, (side, spread)) in bars.enumerate() {
            bar(out, &scale, x + (BAR + 10.0) * place as f64, side, spread);
        }
    }
}

fn bar(out: &mut String, scale: &Scale, x: f64, side: &str, spread: Spread) {
    let (y, middle) = (scale.y(spread.median), x + BAR / 2.0);
    let _ = write!(
        out,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{BAR}\" height=\"{:.1}\" fill=\"{}\"/>\
         <line x1=\"{middle:.1}\" x2=\"{middle:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"black\"/>\
         <text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"10\">{:.0}</text>",
        scale.bottom - y,
        colour(side),
        scale.y(spread.least),
        scale.y(spread.greatest),
        scale.y(spread.greatest) - 4.0,
        spread.median,
    );
}

fn colour(side: &str) -> &'static str {
    COLOURS.iter().find(|(letter, _)| *letter == side).map_or("#000000", |(_, colour)| colour)
}

/// Whole decades around the values.
struct Scale {
    least: f64,
    greatest: f64,
    top: f64,
    bottom: f64,
}

impl Scale {
    fn of(values: impl Iterator<Item = Spread>, top: f64, bottom: f64) -> Option<Scale> {
        let logs: Vec<(f64, f64)> = values
            .filter(|spread| spread.least > 0.0)
            .map(|spread| (spread.least.log10().floor(), spread.greatest.log10().ceil()))
            .collect();
        let least = logs.iter().map(|(least, _)| *least).reduce(f64::min)?;
        let greatest = logs.iter().map(|(_, greatest)| *greatest).reduce(f64::max)?;
        Some(Scale { least, greatest: greatest.max(least + 1.0), top, bottom })
    }

    fn y(&self, value: f64) -> f64 {
        let part = (value.max(1e-9).log10() - self.least) / (self.greatest - self.least);
        self.bottom - part.clamp(0.0, 1.0) * (self.bottom - self.top)
    }

    fn decades(&self) -> impl Iterator<Item = f64> {
        let (first, last) = (self.least as i32, self.greatest as i32);
        (first..=last).map(|power| 10_f64.powi(power))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_takes_whole_decades() {
        let spread = |least: f64, greatest: f64| Spread { median: least, least, greatest };
        let scale = Scale::of([spread(30.0, 400.0), spread(900.0, 2_000.0)].into_iter(), 0.0, 300.0).unwrap();
        assert_eq!(scale.decades().collect::<Vec<_>>(), [10.0, 100.0, 1_000.0, 10_000.0]);
        assert_eq!((scale.y(10.0), scale.y(10_000.0)), (300.0, 0.0));
        assert!((scale.y(100.0) - 200.0).abs() < 0.01);
        assert!(Scale::of(std::iter::empty(), 0.0, 1.0).is_none());
    }
}
