//! What a chat model is asked about people's own words and photos, and how its answer is read. Pure.
//!
//! A generator reads English best, and a person need not write it. The model only suggests: its words
//! pass the same policy and the same limits as a person's, and the trigger is put in by ourselves.

use super::policy::Refusal;
use crate::language::Language;
use crate::ports::{AnswerForm, ChatQuestion};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How long a person waits for a translation; afterwards their words go as they are.
pub const WORDS_WITHIN: Duration = Duration::from_secs(8);

/// How long a person waits for a description of a photo. Looking takes longer than reading, and
/// without an answer there is nothing to make.
pub const PHOTO_WITHIN: Duration = Duration::from_secs(20);

/// Longest answer, in tokens: the words are a fifth of it, the rest is for models that think first.
const MOST_TOKENS: u32 = 2000;

/// Most characters of a model's words that are used: 120 words as we ask for, and some to spare.
/// Shown beside a person's own, they still fit into a message.
pub const MOST_ENGLISH: usize = 800;

/// What is done with words.
const WORDS: &str = "\
You turn a person's wish for a picture into a prompt for an image generator.

The generator already knows its subject: one person, animal, thing or style that belongs to whoever \
asks. We put its name before your words. So write what follows after the name, for example: \
\"in a red coat on a snowy street, evening, warm light of street lamps\".

prompt_en: the wish in natural English, on one line, at most 120 words. Translate it; keep its whole \
meaning, also clothes, place, light, mood and manner. Do not describe the subject's face, hair, \
body, age or origin. Add no people and no objects that are not asked for. Write no names of people. \
Write no technical parameters.
policy: what the wish asks for, each true or false.
  minor: somebody under 18, or the subject as a child or teenager.
  sexual: nudity, sex, underwear or a suggestive pose. Swimwear on a beach is not.
  public_figure: a real, well-known person, living or dead, other than as the maker of a style.
  hate: signs or praise of hatred, terror or cruelty.
changed: whether prompt_en says it in other words than the wish.";

/// What is done with photos.
const PHOTO: &str = "\
You look at a photo and write a prompt with which an image generator makes a similar picture of \
another subject.

The generator already knows that subject: one person, animal, thing or style that belongs to whoever \
asks. We put its name before your words. So write what follows after the name, for example: \
\"in a red coat on a snowy street, evening, warm light of street lamps\".

prompt_en: in natural English, on one line, at most 120 words: scene, clothes, pose, framing, light, \
colours and mood of the photo. Never who is in it: no face, hair, body, age, origin or name. Leave out \
all writing, numbers, logos and brands. Other people only as a crowd in the background.
told: if it is asked for, the same in the language that the material names.
policy: what the photo shows, each true or false.
  minor: somebody under 18 is the main subject.
  sexual: nudity, sex, underwear or a suggestive pose. Swimwear on a beach is not.
  public_figure: the photo is about a real, well-known person.
  hate: signs or praise of hatred, terror or cruelty.
changed: always true.";

/// A model's words for a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The prompt in English, without the trigger.
    pub english: String,
    /// The same in the language of who sent the photo, if that is another.
    pub told: Option<String>,
}

/// What a model made of words or of a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interpretation {
    /// A picture that can be made.
    Picture(Description),
    /// It sees something that is not made.
    Refused(Refusal),
}

/// The answer, as it was asked for.
#[derive(Deserialize)]
struct Answer {
    prompt_en: String,
    policy: Flags,
    #[serde(default)]
    told: Option<String>,
    /// Asked for, because models that have to say it translate more carefully. We compare ourselves.
    #[serde(rename = "changed")]
    _changed: bool,
}

#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "the answer has them")]
struct Flags {
    minor: bool,
    sexual: bool,
    public_figure: bool,
    hate: bool,
}

impl Flags {
    /// The worst of them.
    fn refusal(&self) -> Option<Refusal> {
        let flags = [
            (self.minor, Refusal::Minor),
            (self.sexual, Refusal::Sexual),
            (self.hate, Refusal::Hate),
            (self.public_figure, Refusal::PublicFigure),
        ];
        flags.into_iter().find(|(flag, _)| *flag).map(|(_, refusal)| refusal)
    }
}

/// The question about a person's words, which hold no trigger any more.
#[must_use]
pub fn of_words(words: String) -> ChatQuestion {
    question(WORDS, words, None, WORDS_WITHIN, false)
}

/// The question about a photo, a JPEG, for somebody who reads this language.
#[must_use]
pub fn of_photo(jpeg: Bytes, language: Language) -> ChatQuestion {
    let (named, told) = match language {
        Language::Ru => ("Russian", true),
        Language::En => ("English", false),
    };
    question(PHOTO, format!("A photo. Language: {named}."), Some(jpeg), PHOTO_WITHIN, told)
}

fn question(
    task: &'static str,
    material: String,
    picture: Option<Bytes>,
    within: Duration,
    told: bool,
) -> ChatQuestion {
    let mut fields = Map::new();
    fields.insert("prompt_en".to_owned(), json!({ "type": "string" }));
    if told {
        fields.insert("told".to_owned(), json!({ "type": "string" }));
    }
    let flags = ["minor", "sexual", "public_figure", "hate"];
    let flags = flags.map(|flag| (flag.to_owned(), json!({ "type": "boolean" })));
    fields.insert("policy".to_owned(), object(&flags.into_iter().collect()));
    fields.insert("changed".to_owned(), json!({ "type": "boolean" }));
    let form = AnswerForm { name: "picture_prompt", schema: object(&fields) };
    ChatQuestion { task, material, picture, form, most_tokens: MOST_TOKENS, within }
}

/// An object of which every field is required, and no others are allowed.
fn object(fields: &Map<String, Value>) -> Value {
    let required: Vec<&String> = fields.keys().collect();
    json!({
        "type": "object",
        "required": required,
        "properties": fields,
        "additionalProperties": false,
    })
}

/// Reads an answer; `None` if it has another form, or says nothing.
#[must_use]
pub fn read(answer: Value) -> Option<Interpretation> {
    let answer: Answer = serde_json::from_value(answer).ok()?;
    if let Some(refusal) = answer.policy.refusal() {
        return Some(Interpretation::Refused(refusal));
    }
    let english = said(&answer.prompt_en)?;
    let told = answer.told.as_deref().and_then(said);
    Some(Interpretation::Picture(Description { english, told }))
}

/// Words that say something, within bounds.
fn said(words: &str) -> Option<String> {
    let words = shortened(words.trim());
    words.chars().any(char::is_alphanumeric).then(|| words.to_owned())
}

/// At most [`MOST_ENGLISH`] characters, cut between words.
fn shortened(words: &str) -> &str {
    let Some((end, _)) = words.char_indices().nth(MOST_ENGLISH) else { return words };
    let kept = words.get(..end).unwrap_or(words);
    kept.rfind(char::is_whitespace).and_then(|space| kept.get(..space)).unwrap_or(kept).trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(prompt: &str, flag: Option<&str>) -> Value {
        let mut answer = json!({
            "prompt_en": prompt,
            "policy": { "minor": false, "sexual": false, "public_figure": false, "hate": false },
            "changed": true,
        });
        if let Some(flag) = flag {
            answer["policy"][flag] = json!(true);
        }
        answer
    }

    #[test]
    fn an_answer_is_a_prompt_or_a_refusal() {
        let picture = |told: Option<&str>| {
            let english = "a lighthouse, dusk".to_owned();
            Some(Interpretation::Picture(Description { english, told: told.map(str::to_owned) }))
        };
        let mut said = answer(" a lighthouse, dusk\n", None);
        assert_eq!(read(said.clone()), picture(None));
        for (told, expected) in [("маяк, сумерки ", Some("маяк, сумерки")), (" ", None)]
        {
            said["told"] = json!(told);
            assert_eq!(read(said.clone()), picture(expected));
        }
        for (flag, refusal) in [
            ("minor", Refusal::Minor),
            ("sexual", Refusal::Sexual),
            ("public_figure", Refusal::PublicFigure),
            ("hate", Refusal::Hate),
        ] {
            let refused = Some(Interpretation::Refused(refusal));
            assert_eq!(read(answer("a lighthouse", Some(flag))), refused, "{flag}");
        }
        let mut worst = answer("", Some("public_figure"));
        worst["policy"]["minor"] = json!(true);
        assert_eq!(read(worst), Some(Interpretation::Refused(Refusal::Minor)));
    }

    #[test]
    fn an_answer_that_says_nothing_is_none() {
        for nothing in [
            answer("", None),
            answer(" … ", None),
            json!({}),
            json!({ "prompt_en": "a lighthouse" }),
            json!({ "prompt_en": 7, "policy": {}, "changed": false }),
        ] {
            assert_eq!(read(nothing.clone()), None, "{nothing}");
        }
    }

    #[test]
    fn a_talkative_model_is_cut_between_words() {
        let talk = answer(&"light and ".repeat(200), None);
        let Some(Interpretation::Picture(said)) = read(talk) else { panic!("no words") };
        let words = said.english;
        assert!(words.chars().count() <= MOST_ENGLISH);
        assert!(words.ends_with("light") || words.ends_with("and"), "{words}");
    }

    #[test]
    fn a_question_names_every_field_as_required() {
        let photo = |language| of_photo(Bytes::new(), language);
        let told = |question: &ChatQuestion| question.form.schema["properties"]["told"].is_object();
        assert!(told(&photo(Language::Ru)) && !told(&photo(Language::En)));
        for question in [of_words("маяк".to_owned()), photo(Language::Ru), photo(Language::En)]
        {
            let schema = &question.form.schema;
            for part in [schema, &schema["properties"]["policy"]] {
                let names = part["properties"].as_object().unwrap().keys();
                let required = part["required"].as_array().unwrap();
                assert_eq!(names.len(), required.len());
                assert_eq!(part["additionalProperties"], false);
            }
        }
    }
}
