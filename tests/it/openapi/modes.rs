//! The table of all operations and what each needs, for people to read and to approve when it changes.

use super::document::{Mode, Operation, operations};

#[test]
fn the_table_of_operations_and_their_rights_is_as_it_was_approved() {
    let rows: Vec<_> = operations().iter().map(row).collect();
    let heading = ["operation", "method", "path", "permission", "mode", "via"].map(str::to_owned);
    insta::assert_snapshot!(table(&[vec![heading], rows].concat()));
}

fn row(operation: &Operation) -> [String; 6] {
    let right = &operation.right;
    let permission = match (&right.mode, right.permission.as_deref()) {
        (Mode::OwnOr(others), Some(own)) => format!("{own}, others' {others}"),
        (_, permission) => permission.unwrap_or("-").to_owned(),
    };
    let via = right.via.as_deref().unwrap_or("-");
    let (method, mode) = (operation.method.as_str(), right.mode.name());
    [&operation.id, method, &operation.path, &permission, mode, via].map(str::to_owned)
}

/// The rows, each column as wide as its widest cell.
fn table(rows: &[[String; 6]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let widths: Vec<_> = (0..6).map(width).collect();
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
