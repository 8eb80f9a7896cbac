//! A report: one HTML file that shows what a run, several runs, or a study came to, with all that it needs in it.
//!
//! It is made of what these have left in their folders, by anybody at any time. Rows are thinned here, not in the browser: a page has
//! about the same size however long a run was, or however many runs a study has. Series are drawn by a library on canvases, everything
//! else as SVG, which needs no script. No text of a user's means anything but itself in it.

mod charts;
mod drawing;
mod escape;
mod network;
mod of_runs;
mod of_study;
mod page;
mod paper;
mod read;
mod series;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use tetraswarm::{Error, shown};

/// What a report is called in a folder.
pub const NAME: &str = "report.html";

/// What a report is to be like.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What stands at its top; left out, what it is of.
    pub title: Option<String>,
}

/// A report, ready to be written.
#[derive(Debug)]
pub struct Report {
    /// The page.
    pub html: String,
    /// How many charts it has.
    pub charts: usize,
    /// Its charts as pictures, by a file's name without the ending.
    pictures: Vec<(String, drawing::Drawing)>,
}

/// The report of these folders: of one run, of several (at most 24), or of one study.
///
/// # Errors
/// [`Error::Invalid`] if a folder holds no results, damaged ones, or ones that do not go together; [`Error::File`] if they cannot be
/// read.
pub fn of(folders: &[PathBuf], options: &Options) -> Result<Report, Error> {
    let mut page = match read::read(folders)? {
        read::Of::Runs(runs) => of_runs::page(&runs, options),
        read::Of::Study(study) => of_study::page(&study, options),
    };
    Ok(Report {
        html: page.finish(),
        charts: page.charts(),
        pictures: std::mem::take(&mut page.pictures),
    })
}

/// Whether a file is a report that this program has written, which a new one may replace.
#[must_use]
pub fn is_ours(path: &Path) -> bool {
    let mut head = [0; 2048];
    let read = std::fs::File::open(path).and_then(|mut file| {
        let mut length = 0;
        while length < head.len() {
            match file.read(&mut head[length..])? {
                0 => break,
                more => length += more,
            }
        }
        Ok(length)
    });
    let text = |length: usize| {
        String::from_utf8_lossy(&head[..length]).contains("<meta name=\"generator\" content=\"tetraswarm ")
    };
    read.is_ok_and(text)
}

impl Report {
    /// Writes the page, whole or not at all; what is there is replaced.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        crate::whole_file::write(path, "write the report", |to| to.write_all(self.html.as_bytes()))
    }

    /// Writes its charts as SVG files into a folder, which is made if need be; answers their names.
    ///
    /// # Errors
    /// [`Error::File`] if one cannot be written.
    pub fn write_svg(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        self.pictures(folder, "svg", |drawing| Ok(paper::svg(drawing).into_bytes()))
    }

    /// As [`Report::write_svg`], as PNG files.
    ///
    /// # Errors
    /// [`Error::File`] if one cannot be written.
    pub fn write_png(&self, folder: &Path) -> Result<Vec<PathBuf>, Error> {
        self.pictures(folder, "png", paper::png)
    }

    fn pictures(
        &self,
        folder: &Path,
        ending: &str,
        picture: impl Fn(&drawing::Drawing) -> std::io::Result<Vec<u8>>,
    ) -> Result<Vec<PathBuf>, Error> {
        const ACTION: &str = "write the picture";
        std::fs::create_dir_all(folder).map_err(|error| Error::file(folder, "make the folder of pictures", error))?;
        let mut written: Vec<PathBuf> = Vec::new();
        for (name, drawing) in &self.pictures {
            let mut path = folder.join(format!("{name}.{ending}"));
            let mut number = 2;
            while written.contains(&path) {
                path = folder.join(format!("{name}-{number}.{ending}"));
                number += 1;
            }
            let bytes = picture(drawing).map_err(|error| Error::file(&path, ACTION, error))?;
            crate::whole_file::write(&path, ACTION, |to| to.write_all(&bytes))?;
            written.push(path);
        }
        Ok(written)
    }
}

/// A text as the name of a file: letters, digits and hyphens.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars().map(|letter| letter.to_ascii_lowercase()) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            _ => {}
        }
    }
    slug.truncate(60);
    let slug = slug.trim_matches('-').to_owned();
    if slug.is_empty() { "chart".to_owned() } else { slug }
}

/// Folders as a title shows them.
fn listed(folders: &[&Path]) -> String {
    folders
        .iter()
        .map(|folder| shown(folder))
        .collect::<Vec<_>>()
        .join(", ")
}
