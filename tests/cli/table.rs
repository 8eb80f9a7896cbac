//! Reads the tables that the program writes, as another program would: by the Parquet format alone.

use parquet::basic::Repetition;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};
use std::fs::File;
use std::path::Path;

/// A table, read.
pub struct Table {
    /// Name, type and whether it may be null, as in ("tick", "int64", false).
    pub columns: Vec<(String, String, bool)>,
    /// The file's own key-value metadata.
    pub about: Vec<(String, String)>,
    pub groups: usize,
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    #[track_caller]
    pub fn open(path: &Path) -> Self {
        let reader = SerializedFileReader::new(File::open(path).unwrap()).unwrap();
        let about = reader.metadata().file_metadata();
        let fields = about.schema().get_fields();
        let columns = fields.iter().map(|field| {
            let info = field.get_basic_info();
            let logical = info.logical_type_ref().map(|kind| format!("{kind:?}"));
            let kind = match (field.get_physical_type().to_string().as_str(), logical.as_deref()) {
                ("INT64", None) => "int64",
                ("DOUBLE", None) => "double",
                ("BOOLEAN", None) => "bool",
                ("BYTE_ARRAY", Some("String")) => "string",
                other => panic!("{}: {other:?}", field.name()),
            };
            let is_optional = info.repetition() == Repetition::OPTIONAL;
            (field.name().to_owned(), kind.to_owned(), is_optional)
        });
        let pairs = about.key_value_metadata().into_iter().flatten();
        let row = |row: parquet::record::Row| row.get_column_iter().map(|(_, field)| value(field)).collect();
        Self {
            columns: columns.collect(),
            about: pairs
                .map(|pair| (pair.key.clone(), pair.value.clone().unwrap()))
                .collect(),
            groups: reader.num_row_groups(),
            rows: reader
                .get_row_iter(None)
                .unwrap()
                .map(|next| row(next.unwrap()))
                .collect(),
        }
    }

    /// What the metadata say under a key.
    #[track_caller]
    pub fn says(&self, key: &str) -> &str {
        let found = self.about.iter().find(|(name, _)| name == key);
        &found.unwrap_or_else(|| panic!("{key} is not in {:?}", self.about)).1
    }

    /// What they say of a column: its unit or its description.
    #[track_caller]
    pub fn meaning(&self, column: &str, key: &str) -> String {
        let all: Value = serde_json::from_str(self.says("tetraswarm.columns")).unwrap();
        all[column][key]
            .as_str()
            .unwrap_or_else(|| panic!("{column}: {all}"))
            .to_owned()
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, ..)| name.as_str()).collect()
    }

    /// The values of a column.
    #[track_caller]
    pub fn column(&self, name: &str) -> Vec<Value> {
        let at = self.columns.iter().position(|(column, ..)| column == name);
        let at = at.unwrap_or_else(|| panic!("{name} is not in {:?}", self.columns));
        self.rows.iter().map(|row| row[at].clone()).collect()
    }

    /// The values of a column of integers, none of which is null.
    #[track_caller]
    pub fn integers(&self, name: &str) -> Vec<i64> {
        self.column(name).iter().map(|value| value.as_i64().unwrap()).collect()
    }
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => json!(value),
        Field::Int(value) => json!(value),
        Field::Long(value) => json!(value),
        Field::UInt(value) => json!(value),
        Field::ULong(value) => json!(value),
        Field::Double(value) => json!(value),
        Field::Str(value) => json!(value),
        other => panic!("{other:?}"),
    }
}
