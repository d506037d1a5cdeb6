//! The proof against the format's own reader, a table of flaws, and random files.

use super::*;
use ::safetensors::tensor::TensorView;
use ::safetensors::{Dtype, SafeTensors, serialize};
use proptest::prelude::*;
use proptest::sample::Index;

fn proved(file: &[u8]) -> Result<usize, Flaw> {
    prove_from(file, file.len() as u64)
}

/// A file with this header and so many bytes of tensors.
fn file(header: &str, tensors: usize) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    [&length[..], header.as_bytes(), &vec![0; tensors]].concat()
}

fn reason(header: &str, tensors: usize) -> String {
    match proved(&file(header, tensors)) {
        Ok(_) => "sound".to_owned(),
        Err(Flaw::Header(error)) => error.to_string(),
        Err(flaw) => flaw.to_string(),
    }
}

#[test]
fn each_flaw_of_a_header_is_seen() {
    let one = |dtype: &str, shape: &str, offsets: &str| {
        format!(r#"{{"a":{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}}}"#)
    };
    let two = |first: &str, second: &str| {
        format!(
            r#"{{"a":{{"dtype":"U8","shape":[4],"data_offsets":{first}}},
                "b":{{"dtype":"U8","shape":[4],"data_offsets":{second}}}}}"#
        )
    };
    let table = [
        (one("F32", "[2,3]", "[0,24]"), 24, "sound"),
        (one("F32", "[]", "[0,4]"), 4, "sound"),
        (one("F32", "[0]", "[0,0]"), 0, "sound"),
        (one("F4", "[3]", "[0,2]"), 2, "another number of bytes"),
        (one("F4", "[4]", "[0,2]"), 2, "sound"),
        (one("F2_FUTURE", "[99]", "[0,5]"), 5, "sound"),
        (one("F2_FUTURE", "[99]", "[5,0]"), 5, "ends before it begins"),
        (two("[0,4]", "[4,8]"), 8, "sound"),
        (two("[4,8]", "[0,4]"), 8, "sound"),
        (format!("{}   ", one("U8", "[1]", "[0,1]")), 1, "sound"),
        (r#"{"__metadata__":{"trigger":"TOK"}}"#.to_owned(), 0, "no tensor"),
        ("{}".to_owned(), 0, "no tensor"),
        ("[]".to_owned(), 0, "an object of tensors"),
        (r#""a""#.to_owned(), 0, "an object of tensors"),
        (one("F32", "[2,3]", "[0,20]"), 20, "another number of bytes"),
        (one("F32", "[18446744073709551615,2]", "[0,8]"), 8, "can be counted"),
        (one("F32", "[4611686018427387904]", "[0,8]"), 8, "can be counted"),
        (one("F32", "[-1]", "[0,4]"), 4, "invalid value"),
        (one("F32", "[1.5]", "[0,6]"), 6, "invalid type"),
        (one("F32", "6", "[0,24]"), 24, "a list of sides"),
        (one("F32", "[1]", "[0]"), 4, "invalid length"),
        (one("F32", "[1]", "[0,4,8]"), 4, "trailing"),
        (r#"{"a":{"dtype":"U8","shape":[1]}}"#.to_owned(), 1, "missing field"),
        (r#"{"a":{"shape":[1],"data_offsets":[0,1]}}"#.to_owned(), 1, "missing field"),
        (r#"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#.to_owned(), 1, "missing field"),
        (r#"{"a":1}"#.to_owned(), 1, "invalid type"),
        (r#"{"__metadata__":null}"#.to_owned(), 0, "no tensor"),
        (
            format!(r#"{{"__metadata__":{{"a":"{}"}}}}"#, "é\\ud83d\\ude00".repeat(9000)),
            0,
            "no tensor",
        ),
        (format!(r#"{{"__metadata__":{{"a":"{}\ud83d"}}}}"#, "é".repeat(9000)), 0, "surrogate"),
        (format!(r#"{{"__metadata__":{{"a":"{}\x"}}}}"#, "é".repeat(9000)), 0, "an escape"),
        (format!(r#"{{"{}":{{}}}}"#, "n".repeat(9000)), 0, "too long"),
        (one("U8", &"1".repeat(9000), "[0,1]"), 1, "too long"),
        (one("U8", &"[".repeat(9000), "[0,1]"), 1, "too deep"),
        (r#"{"__metadata__":{"a":1}}"#.to_owned(), 0, "invalid type"),
        (two("[0,4]", "[0,4]"), 4, "gap or an overlap at byte 4"),
        (two("[0,4]", "[3,7]"), 7, "gap or an overlap at byte 4"),
        (two("[0,4]", "[5,9]"), 9, "gap or an overlap at byte 4"),
        (two("[1,5]", "[5,9]"), 9, "gap or an overlap at byte 0"),
        (two("[0,4]", "[4,8]"), 9, "8 bytes of tensors are described, 9 are there"),
        (two("[0,4]", "[4,8]"), 7, "8 bytes of tensors are described, 7 are there"),
        (two("[0,4]", "[4,8]").replace("\"b\"", "\"a\""), 8, "a name that stands twice"),
        (two("[0,4]", "[4,8]").replace("\"b\"", "\"\\u0061\""), 8, "a name that stands twice"),
        ("{".to_owned(), 0, "in a file of"),
        ("{ ".to_owned(), 0, "EOF"),
        ("{}x".to_owned(), 0, "trailing"),
        ("[".repeat(10_000), 0, ""),
    ];
    for (header, tensors, wanted) in table {
        let given = reason(&header, tensors);
        assert!(given.contains(wanted), "{header}: {given}");
        assert_eq!(given == "sound", wanted == "sound", "{header}: {given}");
    }
}

#[test]
fn the_length_in_front_is_believed_within_limits_only() {
    for (length, size) in [(0_u64, 100_u64), (1, 100), (93, 100), (u64::MAX, 100), (1, 9)] {
        let file = [&length.to_le_bytes()[..], &[b' '; 92]].concat();
        assert!(matches!(prove_from(&file[..], size), Err(Flaw::Length { .. })), "{length}");
    }
    let long = (LONGEST_HEADER + 1).to_le_bytes();
    assert!(matches!(prove_from(&long[..], u64::MAX), Err(Flaw::Length { .. })));
    assert!(matches!(proved(b"seven b"), Err(Flaw::Length { .. })));
    assert!(matches!(proved(b"\x02\0\0\0\0\0\0\0\xff\xfe"), Err(Flaw::Header(_))));
}

/// Needs a process of its own, because the value is the most that a process ever used.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Tells the child process which file to prove.
const PROVE: &str = "AISHA_TEST_PROVE";

#[test]
fn eighty_megabytes_of_metadata_are_proved_in_little_memory() {
    if let Some(path) = std::env::var_os(PROVE) {
        let path = Path::new(&path);
        // A small one first: the pages of our own code are not what a header costs.
        let small = tempfile::NamedTempFile::new().unwrap();
        let header =
            r#"{"__metadata__":{"k":"v"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#;
        std::fs::write(small.path(), file(header, 1)).unwrap();
        prove(small.path(), std::fs::metadata(small.path()).unwrap().len()).unwrap();
        let before = most_memory();
        assert_eq!(prove(path, std::fs::metadata(path).unwrap().len()).unwrap(), 1);
        let grown = most_memory() - before;
        assert!(grown < 8 << 10, "{grown} KiB for a header of 85 MB");
        return;
    }
    let many = (0..40_000).map(|n| format!(r#""k{n}":"{}""#, "x".repeat(1000)));
    let many: Vec<_> = many.chain([format!(r#""one":"{}""#, "y".repeat(45 << 20))]).collect();
    let header = format!(
        r#"{{"__metadata__":{{{}}},"a":{{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}}}"#,
        many.join(",")
    );
    assert!(header.len() > 85_000_000);
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), file(&header, 1)).unwrap();
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "mirror::safetensors::tests::eighty_megabytes_of_metadata_are_proved_in_little_memory",
        ])
        .env(PROVE, path.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}

/// Any file that a trainer could write.
fn written() -> impl Strategy<Value = Vec<u8>> {
    let types = prop::sample::select(vec![
        Dtype::BOOL,
        Dtype::U8,
        Dtype::F8_E4M3,
        Dtype::BF16,
        Dtype::F16,
        Dtype::F32,
        Dtype::I64,
    ]);
    let tensor = (types, prop::collection::vec(1_usize..5, 0..4));
    prop::collection::vec(tensor, 1..6).prop_map(|tensors| {
        let bytes = vec![1; 8 * 64];
        let tensors = tensors.into_iter().enumerate().map(|(number, (dtype, shape))| {
            let needed = shape.iter().product::<usize>() * dtype.bitsize() / 8;
            let view = TensorView::new(dtype, shape, &bytes[..needed]).unwrap();
            (format!("transformer.block.{number}.lora_A"), view)
        });
        serialize(tensors, None).unwrap()
    })
}

proptest! {
    #[test]
    fn what_a_trainer_writes_is_proved(file in written()) {
        let tensors = SafeTensors::deserialize(&file).unwrap().len();
        prop_assert_eq!(proved(&file).unwrap(), tensors);
    }

    /// Most changed bytes are flaws. Otherwise the reader must agree, unless it only objects to a
    /// number type that it does not know.
    #[test]
    fn what_we_prove_the_reader_opens(
        file in written(),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let mut file = file;
        for (place, byte) in changes {
            let place = place.index(file.len());
            file[place] = byte;
        }
        let ours = proved(&file);
        match SafeTensors::deserialize(&file) {
            Ok(theirs) => prop_assert_eq!(ours.ok(), Some(theirs.len())),
            Err(error) if error.to_string().contains("unknown variant") => {}
            Err(error) => prop_assert!(ours.is_err(), "the reader says {error}"),
        }
    }

    #[test]
    fn noise_is_no_proof_and_no_panic(noise in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(proved(&noise).is_err());
        let headed = file(&String::from_utf8_lossy(&noise), 4);
        prop_assert!(proved(&headed).is_err());
    }
}
