//! `metrics.parquet`: one row for each measured tick, in typed columns that say what they hold and in which unit.

use std::io::{self, Write};
use tetraswarm::measure::{Figure, Measurement, Number};
use tetraswarm::table::{Heading, Kind, Values, Writer};

fn kind(number: &Number) -> Kind {
    match number {
        Number::I32(_) => Kind::I32,
        Number::I64(_) => Kind::I64,
        Number::U32(_) => Kind::U32,
        Number::U64(_) => Kind::U64,
        Number::F64(_) => Kind::F64,
        Number::Text(_) => Kind::Text,
    }
}

fn heading(figure: &Figure) -> Heading {
    Heading {
        name: figure.name.clone(),
        unit: figure.unit.into(),
        about: figure.about.into(),
        kind: kind(&figure.number),
        is_optional: figure.may_be_null,
    }
}

/// The column of one figure over all rows.
fn column(figures: &[Vec<Figure>], at: usize) -> io::Result<Values> {
    let numbers = || figures.iter().map(|row| &row[at].number);
    macro_rules! column {
        ($kind:ident) => {{
            let value = |number: &Number| match number {
                Number::$kind(value) => Ok(value.clone()),
                _ => Err(io::Error::other(format!(
                    "the rows disagree on {}",
                    figures[0][at].name
                ))),
            };
            Values::$kind(numbers().map(value).collect::<io::Result<_>>()?)
        }};
    }
    Ok(match figures[0][at].number {
        Number::I32(_) => column!(I32),
        Number::I64(_) => column!(I64),
        Number::U32(_) => column!(U32),
        Number::U64(_) => column!(U64),
        Number::F64(_) => column!(F64),
        Number::Text(_) => column!(Text),
    })
}

/// Writes the file. `about` is what its metadata say of the run.
///
/// # Errors
/// Those of `to`.
pub fn write(rows: &[Measurement], about: &[(String, String)], to: &mut (dyn Write + Send)) -> io::Result<()> {
    let figures: Vec<Vec<Figure>> = rows.iter().map(Measurement::figures).collect();
    let headings = figures.first().into_iter().flatten().map(heading).collect();
    let mut writer = Writer::new(to, headings, about)?;
    writer.group(|at| column(&figures, at))?;
    writer.finish().map(drop)
}
