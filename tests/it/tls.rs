//! A PostgreSQL behind TLS: which servers are trusted, and what is said about the others.

use crate::world::{Cluster, Crowd, World, free_port, ground};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::collections::BTreeMap;
use std::fs;

/// A certificate authority.
struct Signer {
    issuer: Issuer<'static, KeyPair>,
    certificate: String,
}

impl Signer {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    /// A server with a certificate of this authority for `localhost` only.
    async fn cluster(&self) -> Cluster {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().pem();
        Cluster::showing(&certificate, &key.serialize_pem()).await
    }

    /// Writes its own certificate to a file.
    fn file(&self, directory: &tempfile::TempDir, name: &str) -> String {
        let path = directory.path().join(name);
        fs::write(&path, &self.certificate).unwrap();
        path.display().to_string()
    }
}

fn directory() -> tempfile::TempDir {
    tempfile::tempdir_in(ground()).unwrap()
}

/// The output and exit code of `aisha migrate` with this address.
async fn migrates(url: &str) -> (i32, String) {
    let environment = BTreeMap::from([("DATABASE_URL".to_owned(), url.to_owned())]);
    let output = crate::world::binary(&environment, &["migrate"]).output().await.unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[tokio::test]
async fn every_connection_is_encrypted_and_the_server_is_who_it_should_be() {
    let (signer, directory) = (Signer::new(), directory());
    let cluster = signer.cluster().await;
    let url = format!(
        "postgresql://aisha@localhost:{}/aisha?sslmode=verify-full&sslrootcert={}",
        cluster.port,
        signer.file(&directory, "signer.pem")
    );
    let world = World::on(&cluster.config(), url).await.of_small_sets();
    let service = world.serve().await;
    let crowd = Crowd::gathers(&world, 1).await;
    crowd.starts().await;
    crowd.all_hear_once().await;
    // The connection that listens to other instances is outside the pool.
    let connections = "SELECT bool_and(ssl), bool_or(query LIKE 'LISTEN%')
         FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'aisha'";
    let row = world.row(connections, &[]).await;
    assert_eq!((row.get::<_, bool>(0), row.get::<_, bool>(1)), (true, true));
    world.close(service).await;
}

#[tokio::test]
async fn a_server_that_cannot_show_who_it_is_gets_no_password() {
    let (signer, other, directory) = (Signer::new(), Signer::new(), directory());
    let cluster = signer.cluster().await;
    let port = cluster.port;
    let at = |host: &str, checks: &str| {
        format!("postgresql://aisha:secret@{host}:{port}/aisha?sslmode={checks}")
    };
    let by = |path: String| format!("verify-full&sslrootcert={path}");
    let untrusted = [
        at("localhost", &by(other.file(&directory, "other.pem"))),
        at("localhost", "require"),
        // Correctly signed, but for another host.
        at("127.0.0.1", &by(signer.file(&directory, "signer.pem"))),
    ];
    for url in &untrusted {
        let (code, said) = migrates(url).await;
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("the certificate of PostgreSQL is not accepted"), "{said}");
        assert!(said.contains("sslrootcert=") && !said.contains("secret"), "{said}");
    }
    // Without a check it is still encrypted, as with every PostgreSQL client.
    let unchecked = format!("postgresql://aisha@127.0.0.1:{port}/aisha");
    assert_eq!(migrates(&unchecked).await, (0, String::new()));
}

#[tokio::test]
async fn a_demand_for_tls_is_not_forgotten_where_the_server_has_none() {
    let cluster = Cluster::new().await;
    let server = format!("postgresql://aisha@127.0.0.1:{}/aisha", cluster.port);
    let (code, said) = migrates(&format!("{server}?sslmode=require")).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("offers no TLS") && said.contains("ssl = on"), "{said}");
    assert_eq!(migrates(&server).await.0, 0);
    let nobody = format!("postgresql://aisha@127.0.0.1:{}/aisha?sslmode=verify-ca", free_port());
    let (code, said) = migrates(&nobody).await;
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("write sslmode=verify-full"), "{said}");
}
