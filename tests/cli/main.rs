//! The program as its users meet it: what it prints, writes and answers, and what it says of bad input.
#![cfg(feature = "cli")]

#[cfg(unix)]
mod browser;
mod command;

mod checkpoint;
mod devices;
mod input;
mod interrupt;
mod listings;
mod logs;
mod plan;
mod record;
mod report;
mod report_browser;
mod report_growth;
mod results;
mod save;
mod settings;
mod shells;
mod streams;
mod study;
mod table;
mod topology;
mod work;
