//! Indents JSON without parsing it into a map: the order of members is the author's and means something to readers.

/// `json` (which must be valid) with an indent of two and a newline at the end.
pub(super) fn indented(json: &str) -> String {
    let mut writer = Writer::default();
    let mut in_string = false;
    let mut escaped = false;
    for character in json.chars() {
        if in_string {
            writer.out.push(character);
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
        } else if !character.is_whitespace() {
            in_string = character == '"';
            writer.token(character);
        }
    }
    writer.out.push('\n');
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    depth: usize,
    /// A bracket was opened and nothing stands in it yet.
    empty: bool,
}

impl Writer {
    fn token(&mut self, character: char) {
        if matches!(character, '}' | ']') {
            self.depth = self.depth.saturating_sub(1);
            if !self.empty {
                self.line();
            }
            self.empty = false;
        } else if self.empty {
            self.line();
            self.empty = false;
        }
        self.out.push(character);
        match character {
            '{' | '[' => {
                self.depth += 1;
                self.empty = true;
            }
            ',' => self.line(),
            ':' => self.out.push(' '),
            _ => {}
        }
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", self.depth));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::indented;

    #[test]
    fn indents_as_serde_json_does() {
        let value = json!({"a": [], "b": {}, "c": [1, -2.5e3, null, true], "d": {"e": "x{,\"\\:[ é"}, "f": [{"g": []}]});
        let wanted = serde_json::to_string_pretty(&value).unwrap() + "\n";
        assert_eq!(indented(&value.to_string()), wanted);
        assert_eq!(indented(&wanted), wanted);
    }

    #[test]
    fn keeps_the_order_of_members() {
        let text = indented(r#"{"z":1,"a":"\\"}"#);
        assert_eq!(text, "{\n  \"z\": 1,\n  \"a\": \"\\\\\"\n}\n");
        assert!(serde_json::from_str::<Value>(&text).is_ok());
    }
}
