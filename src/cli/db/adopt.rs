//! `aisha db adopt`.

use super::Adopt;
use crate::cli::{WRONG, complain, say};
use crate::service;
use std::process::ExitCode;

pub(super) fn run(asked: &Adopt) -> Result<ExitCode, ExitCode> {
    if !asked.yes {
        complain("nothing was done; add --yes if these rows and these objects belong together");
        return Ok(ExitCode::from(WRONG));
    }
    let place = super::with(async |pool, config| {
        let objects = service::objects(config).await?;
        service::adopt(config, pool, &*objects).await
    })?;
    say(&format!("from now on the rows belong to the objects in {place}"));
    Ok(ExitCode::SUCCESS)
}
