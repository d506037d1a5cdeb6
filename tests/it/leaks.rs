//! What a training leaves behind in a process: nothing.

use crate::storms::number;
use crate::world::{Crowd, EVERYTHING, Usage, World};
use std::time::Duration;

/// Trainings per wave.
const WAVE: i64 = 12;

/// Waves: `AISHA_WAVES`, for longer storms than usual.
fn waves() -> i64 {
    i64::try_from(number("AISHA_WAVES", 3)).unwrap()
}

/// The waves that warm up connection pools, caches and the allocator's arenas.
const WARM: i64 = 2;

/// Sockets that a pool may open after the first waves.
const FILES: usize = 12;

/// Memory that an allocator may keep between two waves, in KiB.
const NOISE: u64 = 16 << 10;

/// Memory that may stay resident per training after the first waves: far less than one photo.
const KIBIBYTES: u64 = 16;

#[tokio::test]
async fn many_trainings_leave_no_file_no_connection_and_no_memory_behind() {
    let world = World::of_several().await.with("LOG_LEVEL", "info");
    world.fal.set(|settings| settings.training = Duration::from_millis(100));
    let service = world.joins_where_fal_calls("only", EVERYTHING).await;
    let mut scenario: Vec<(Usage, i64)> = Vec::new();
    for wave in 0..waves() {
        let first = wave * WAVE + 1;
        let crowd = Crowd::gathers_from(&world, first..first + WAVE).await;
        crowd.starts().await;
        crowd.all_hear_once().await;
        scenario.push((service.service.usage(), world.connections().await));
    }
    let warm = usize::try_from(WARM).unwrap().min(scenario.len()) - 1;
    let ((before, connections), (after, still)) = (scenario[warm], scenario[scenario.len() - 1]);
    let trained = u64::try_from((waves() - WARM).max(0) * WAVE).unwrap();
    let grown = after.resident.saturating_sub(before.resident);
    eprintln!(
        "{trained} trainings after {} to warm up: files {} → {}, connections {connections} → \
         {still}, resident {} → {} KiB",
        WARM * WAVE,
        before.files,
        after.files,
        before.resident >> 10,
        after.resident >> 10,
    );
    // Socket pools vary in size, so the baseline is the maximum of the first waves.
    let typical = scenario[..=warm].iter().map(|(usage, _)| usage.files).max().unwrap_or_default();
    assert!(after.files <= typical + FILES, "{scenario:?}");
    assert!(still <= 11, "the pool's ten and the one that listens: {scenario:?}");
    assert!(grown >> 10 <= NOISE + trained * KIBIBYTES, "{scenario:?}");
    world.close_with(service).await;
}
