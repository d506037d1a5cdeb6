//! Where the older Aisha's rows and objects are, as an operator names them.

use crate::objects::{OlderAddress, OlderObjects, WrongOlderAddress};
use crate::postgres::Address as Server;

/// Where the older database is.
#[derive(Clone, Debug)]
pub(super) struct Database {
    pub(super) server: Server,
    /// Its password is in the command line, which every user of this machine can read.
    pub(super) is_exposed: bool,
}

pub(super) fn database(given: &str) -> Result<Database, String> {
    let text = match given.strip_prefix('@') {
        Some(path) => std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?,
        None => given.to_owned(),
    };
    let parsed = Server::parse(&text.trim().replacen("+asyncpg", "", 1));
    let server = parsed.map_err(|wrong| wrong.to_string())?;
    let is_exposed = !given.starts_with('@') && server.has_password();
    Ok(Database { server, is_exposed })
}

/// The older store; errors never show the address, which may hold a secret.
pub(super) fn objects(given: &str) -> Result<OlderObjects, String> {
    let wrong = |error: WrongOlderAddress| error.to_string();
    let address = if let Some(path) = given.strip_prefix('@') {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
        OlderAddress::parse(&text).map_err(wrong)?
    } else if OlderAddress::is_address(given) {
        let address = OlderAddress::parse(given).map_err(wrong)?;
        if address.has_secret() {
            return Err(EXPOSED.to_owned());
        }
        address
    } else {
        OlderAddress::Folder(given.into())
    };
    OlderObjects::open(address).map_err(wrong)
}

const EXPOSED: &str = "the keys are in the process list, where every user of this machine can read \
    them; put the address into a file of mode 600 and use --objects-from @FILE";
