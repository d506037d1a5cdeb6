//! The binary; everything it does lies in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    aisha::cli::main()
}
