//! Several services of one world, on one database.

use super::{PATIENCE, Service, World, audit, free_port};
use nix::sys::signal::Signal;
use std::time::{Duration, Instant};

/// All roles, for `--roles`.
pub(crate) const EVERYTHING: &str = "api,bot,trainer";

/// Between two checks of the leases.
const LOOK: Duration = Duration::from_millis(10);

/// One of several services.
pub(crate) struct Instance {
    /// Its name in the audit.
    pub(crate) name: String,
    /// The port of its operator listener.
    pub(crate) admin: u16,
    pub(crate) service: Service,
}

impl World {
    /// A world for several services, with the audit.
    pub(crate) async fn of_several() -> Self {
        Self::new().await.of_small_sets().audited().await
    }

    /// Adds the audit.
    pub(crate) async fn audited(self) -> Self {
        audit::begin(&self.rows).await;
        self
    }

    /// Starts one more, with its own port for webhooks.
    pub(crate) async fn joins(&self, name: &str, roles: &str) -> Instance {
        self.joins_at(free_port(), name, roles).await
    }

    /// Starts one more, on the port that FAL calls.
    pub(crate) async fn joins_where_fal_calls(&self, name: &str, roles: &str) -> Instance {
        self.joins_at(self.public, name, roles).await
    }

    async fn joins_at(&self, public: u16, name: &str, roles: &str) -> Instance {
        let instance = self.begins_at(public, name, roles);
        instance.service.says("✅ ready").await;
        instance
    }

    /// Starts one more without waiting.
    pub(crate) fn begins_at(&self, public: u16, name: &str, roles: &str) -> Instance {
        let admin = free_port();
        let mut environment = self.environment.clone();
        let tag = format!("&options=-c%20world.who%3D{name}");
        environment.entry("DATABASE_URL".to_owned()).and_modify(|url| url.push_str(&tag));
        environment.insert("AISHA_LISTEN".to_owned(), format!("127.0.0.1:{public}"));
        environment.insert("AISHA_ADMIN_LISTEN".to_owned(), format!("127.0.0.1:{admin}"));
        let service = Service::start_as(&environment, &["serve", "--roles", roles]);
        Instance { name: name.to_owned(), admin, service }
    }

    /// How many shards an instance currently holds.
    pub(crate) async fn shards_of(&self, name: &str) -> i64 {
        const HELD: &str = "SELECT count(*) FROM leases l JOIN world_instances i ON i.id = l.owner
            WHERE i.who = $1 AND l.resource LIKE 'shard/%' AND l.lease_until > clock_timestamp()";
        self.row(HELD, &[&name]).await.get(0)
    }

    /// Waits until each holds this many shards; returns how long it took.
    pub(crate) async fn until_shared(&self, shares: &[(&Instance, i64)]) -> Duration {
        let started = Instant::now();
        loop {
            let mut held = Vec::new();
            for (instance, _) in shares {
                held.push(self.shards_of(&instance.name).await);
            }
            if shares.iter().zip(&held).all(|((_, fair), held)| fair == held) {
                return started.elapsed();
            }
            assert!(started.elapsed() < PATIENCE, "the shards stay at {held:?}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until an instance holds nothing any more.
    pub(crate) async fn until_held_by_nobody(&self, name: &str) {
        const HELD: &str = "SELECT count(*) FROM leases l JOIN world_instances i ON i.id = l.owner
            WHERE i.who = $1";
        let started = Instant::now();
        while self.row(HELD, &[&name]).await.get::<_, i64>(0) > 0 {
            assert!(started.elapsed() < PATIENCE, "nobody takes what was {name}'s");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Nobody wrote about a training of another instance.
    pub(crate) async fn nobody_intruded(&self) {
        const ALL: &str = "SELECT coalesce(string_agg(format('%s wrote %s of %s, watched by %s',
            who, what, avatar, watcher), E'\\n'), '') FROM world_intrusions";
        let intrusions: String = self.row(ALL, &[]).await.get(0);
        assert!(intrusions.is_empty(), "{intrusions}");
    }

    /// Ends a story of several: the last one closes it, and the audit must have found nothing.
    pub(crate) async fn close_with(self, instance: Instance) {
        self.close_with_but_for(instance, &[]).await;
    }

    /// Like [`World::close_with`], for a story in which the log may contain these words.
    pub(crate) async fn close_with_but_for(self, instance: Instance, allowed: &[&str]) {
        self.comes_to_rest().await;
        self.invariants_hold().await;
        self.close_but_for(instance.service, allowed).await;
    }
}

impl Instance {
    /// Stops all its threads, as on a paused machine.
    pub(crate) fn freezes(&self) {
        self.service.signal(Signal::SIGSTOP);
    }

    /// Continues as if nothing had happened.
    pub(crate) fn thaws(&self) {
        self.service.signal(Signal::SIGCONT);
    }

    /// Restarts of actors, from its supervision tree.
    pub(crate) async fn restarts(&self) -> u64 {
        let url = format!("http://127.0.0.1:{}/admin/api/tree", self.admin);
        let tree: serde_json::Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        restarts(&tree)
    }
}

fn restarts(node: &serde_json::Value) -> u64 {
    let own = node["restarts"].as_u64().unwrap_or_default();
    let children = node["children"].as_array().into_iter().flatten();
    own + children.map(restarts).sum::<u64>()
}
