//! Owns what a figure is: a median beside a peer of the same run where there is one, a goal, and whether it is met.
//! Leaves out the measuring.

use serde_json::{Value, json};

/// Several measurements of one thing, all in one unit.
#[derive(Debug, Clone)]
pub(super) struct Sample(Vec<f64>);

impl Sample {
    /// Takes the measurements in any order. There must be at least one.
    pub(super) fn new(mut values: Vec<f64>) -> Option<Self> {
        if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        values.sort_by(f64::total_cmp);
        Some(Self(values))
    }

    /// The middle one; of an even number, the mean of the two in the middle.
    pub(super) fn median(&self) -> f64 {
        let middle = self.0.len() / 2;
        if self.0.len().is_multiple_of(2) { f64::midpoint(self.0[middle - 1], self.0[middle]) } else { self.0[middle] }
    }

    /// The largest.
    pub(super) fn most(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    /// How many there are.
    pub(super) fn runs(&self) -> usize {
        self.0.len()
    }
}

/// What a figure is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Thousandths of a second.
    Milliseconds,
    /// Memory.
    Mebibytes,
    /// Room on the disk, in millions of bytes.
    Megabytes,
    /// Of one processor.
    Percent,
}

/// What a figure has to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal {
    /// The median stays at or below this.
    AtMost(f64),
    /// Every single measurement stays at or below this.
    EachAtMost(f64),
    /// The median stays at or below so many times the peer's.
    TimesOf(f64),
    /// The peer's median divided by ours is at least this.
    TimesFaster(f64),
}

/// One line of the table.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    /// What was measured.
    pub(super) work: String,
    /// In what.
    pub(super) unit: Unit,
    /// Ours.
    pub(super) ours: Sample,
    /// The peer, with its name.
    pub(super) beside: Option<(String, Sample)>,
    /// What it has to be.
    pub(super) goal: Goal,
}

impl Figure {
    /// How many times ours is the peer's, or the other way round where being faster is the goal.
    pub(super) fn ratio(&self) -> Option<f64> {
        let (_, beside) = self.beside.as_ref()?;
        let (ours, beside) = (self.ours.median(), beside.median());
        Some(if matches!(self.goal, Goal::TimesFaster(_)) { beside / ours } else { ours / beside })
    }

    /// Whether the goal is met.
    pub(super) fn met(&self) -> bool {
        match self.goal {
            Goal::AtMost(most) => self.ours.median() <= most,
            Goal::EachAtMost(most) => self.ours.most() <= most,
            Goal::TimesOf(most) => self.ratio().is_some_and(|ratio| ratio <= most),
            Goal::TimesFaster(least) => self.ratio().is_some_and(|ratio| ratio >= least),
        }
    }

    fn goal_in_words(&self) -> String {
        match self.goal {
            Goal::AtMost(most) => format!("≤ {}", self.unit.words(most)),
            Goal::EachAtMost(most) => format!("never above {}", self.unit.words(most)),
            Goal::TimesOf(most) => format!("≤ {most}×"),
            Goal::TimesFaster(least) => format!("≥ {least}× faster"),
        }
    }

    fn as_json(&self) -> Value {
        let sample = |sample: &Sample| json!({"median": sample.median(), "most": sample.most(), "runs": sample.runs()});
        json!({
            "work": self.work,
            "unit": self.unit.name(),
            "ours": sample(&self.ours),
            "beside": self.beside.as_ref().map(|(name, beside)| json!({"name": name, "sample": sample(beside)})),
            "ratio": self.ratio(),
            "goal": self.goal_in_words(),
            "met": self.met(),
        })
    }
}

/// The table, as Markdown.
pub(super) fn table(figures: &[Figure]) -> String {
    let mut text = String::from("| Work | Ours | Beside | Ratio | Goal | |\n|---|---|---|---|---|---|\n");
    for figure in figures {
        let ours = &figure.ours;
        let beside = figure.beside.as_ref().map_or_else(
            || "–".to_owned(),
            |(name, beside)| format!("{name}: {} ({} runs)", figure.unit.words(beside.median()), beside.runs()),
        );
        let ratio = figure.ratio().map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}×"));
        let met = if figure.met() { "met" } else { "MISSED" };
        let row = format!(
            "| {} | {} (most {}, {} runs) | {beside} | {ratio} | {} | {met} |\n",
            figure.work,
            figure.unit.words(ours.median()),
            figure.unit.words(ours.most()),
            ours.runs(),
            figure.goal_in_words(),
        );
        text.push_str(&row);
    }
    text
}

/// The same for programs.
pub(super) fn as_json(figures: &[Figure]) -> Value {
    Value::Array(figures.iter().map(Figure::as_json).collect())
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::Mebibytes => "MiB",
            Self::Megabytes => "MB",
            Self::Percent => "%",
        }
    }

    fn words(self, value: f64) -> String {
        match self {
            Self::Milliseconds if value >= 1000.0 => format!("{:.2} s", value / 1000.0),
            Self::Percent => format!("{value:.2} %"),
            _ => format!("{value:.1} {}", self.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[f64]) -> Sample {
        Sample::new(values.to_vec()).unwrap()
    }

    fn figure(ours: &[f64], beside: &[f64], goal: Goal) -> Figure {
        let beside = Some(("peer".to_owned(), sample(beside)));
        Figure { work: "work".to_owned(), unit: Unit::Milliseconds, ours: sample(ours), beside, goal }
    }

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        assert!((sample(&[9.0, 1.0, 5.0]).median() - 5.0).abs() < 1e-9);
        assert!((sample(&[4.0, 1.0, 2.0, 9.0]).median() - 3.0).abs() < 1e-9);
        assert!((sample(&[4.0, 9.0]).most() - 9.0).abs() < 1e-9);
        assert!(Sample::new(Vec::new()).is_none());
        assert!(Sample::new(vec![f64::NAN]).is_none());
    }

    #[test]
    fn a_goal_is_met_by_the_median_alone() {
        assert!(figure(&[10.0], &[3000.0], Goal::TimesFaster(200.0)).met());
        assert!(!figure(&[20.0], &[3000.0], Goal::TimesFaster(200.0)).met());
        assert!(!figure(&[151.0], &[1.0], Goal::AtMost(150.0)).met());
    }

    #[test]
    fn a_goal_beside_a_peer_or_for_every_run_is_met_only_then() {
        assert!(figure(&[11.0], &[10.0], Goal::TimesOf(1.1)).met());
        assert!(!figure(&[12.0], &[10.0], Goal::TimesOf(1.1)).met());
        assert!(!figure(&[10.0, 10.0, 101.0], &[1.0], Goal::EachAtMost(100.0)).met());
    }

    #[test]
    fn the_table_says_what_is_missed() {
        let figures = [figure(&[10.0], &[3000.0], Goal::TimesFaster(200.0)), figure(&[9.0], &[9.0], Goal::AtMost(1.0))];
        let text = table(&figures);
        assert!(text.contains("300.00×") && text.contains("3.00 s"), "{text}");
        assert_eq!(text.matches("MISSED").count(), 1);
        assert_eq!(as_json(&figures)[1]["met"], false);
    }
}
