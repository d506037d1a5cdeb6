//! The remarks about a set of photos.

use super::judge::{Remark, nearness, remarks};
use super::measurements::Measurements;
use super::rules::Rules;
use crate::avatar::TrainingType;

/// How many photos with a face are needed to compare distances.
const ENOUGH_TO_COMPARE: usize = 4;

/// In a set with variety, the most distant face is at least this much smaller than the nearest.
const VARIETY: f64 = 1.4;

/// A photo of the set.
#[derive(Clone, Copy, Debug)]
pub struct Shot<'a> {
    /// Its measurements.
    pub verdict: &'a Measurements,
    /// How it looks, in 64 bits; `None` if that was never computed.
    pub hash: Option<u64>,
}

/// The review of a set. Photos are indices into it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// Photos without a remark, counting one of each group of almost equal ones.
    pub good: usize,
    /// The remarks of each photo, most serious first.
    pub remarks: Vec<Vec<Remark>>,
    /// Groups of almost equal photos, at least two in each.
    pub alike: Vec<Vec<usize>>,
    /// All faces are at the same distance: a closer or more distant one is missing.
    pub one_distance: bool,
    /// The photo that the set would miss least, if any photo has a fault.
    pub weakest: Option<usize>,
}

impl Review {
    /// The photos with this remark.
    #[must_use]
    pub fn with(&self, remark: Remark) -> Vec<usize> {
        let has = |(_, remarks): &(usize, &Vec<Remark>)| remarks.contains(&remark);
        self.remarks.iter().enumerate().filter(has).map(|(photo, _)| photo).collect()
    }
}

/// Reviews a set.
#[must_use]
pub fn review(kind: TrainingType, shots: &[Shot<'_>], rules: &Rules) -> Review {
    let mut all: Vec<Vec<Remark>> =
        shots.iter().map(|shot| remarks(kind, shot.verdict, rules)).collect();
    let alike = groups(shots, rules);
    for group in &alike {
        let best = group.iter().copied().min_by(|one, other| {
            let loss = |photo: usize| loss(&all[photo]);
            let sharpness = |photo: usize| shots[photo].verdict.sharpness.unwrap_or_default();
            loss(*one)
                .cmp(&loss(*other))
                .then_with(|| sharpness(*other).total_cmp(&sharpness(*one)))
        });
        for photo in group.iter().copied().filter(|photo| Some(*photo) != best) {
            all[photo].push(Remark::Twin);
            all[photo].sort_unstable();
        }
    }
    let weakest = (0..all.len())
        .filter(|photo| !all[*photo].is_empty())
        .max_by_key(|photo| (loss(&all[*photo]), *photo));
    Review {
        good: all.iter().filter(|remarks| remarks.is_empty()).count(),
        one_distance: one_distance(kind, shots),
        remarks: all,
        alike,
        weakest,
    }
}

/// The photo in the set that is almost equal to this one.
#[must_use]
pub fn twin_of(hash: u64, shots: &[Shot<'_>], rules: &Rules) -> Option<usize> {
    let near =
        |shot: &Shot<'_>| shot.hash.is_some_and(|own| distance(own, hash) <= rules.twin_bits);
    shots.iter().position(near)
}

/// The number of bits in which two hashes differ.
#[must_use]
pub fn distance(one: u64, other: u64) -> u32 {
    (one ^ other).count_ones()
}

fn loss(remarks: &[Remark]) -> u32 {
    remarks.iter().map(|remark| remark.weight()).sum()
}

/// A photo that is close to any member joins the group, because an album drifts from its first shot
/// to its last.
fn groups(shots: &[Shot<'_>], rules: &Rules) -> Vec<Vec<usize>> {
    let near = |one: usize, other: usize| match (shots[one].hash, shots[other].hash) {
        (Some(one), Some(other)) => distance(one, other) <= rules.twin_bits,
        (None, _) | (_, None) => false,
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for photo in 0..shots.len() {
        let (mine, others): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group: &Vec<usize>| group.iter().any(|member| near(*member, photo)));
        let mut joined: Vec<usize> = mine.into_iter().flatten().chain([photo]).collect();
        joined.sort_unstable();
        groups = others;
        groups.push(joined);
    }
    groups.retain(|group| group.len() > 1);
    groups.sort_unstable();
    groups
}

fn one_distance(kind: TrainingType, shots: &[Shot<'_>]) -> bool {
    let near: Vec<f64> = shots.iter().filter_map(|shot| nearness(kind, shot.verdict)).collect();
    let nearest = near.iter().copied().fold(0.0, f64::max);
    let farthest = near.iter().copied().fold(f64::INFINITY, f64::min);
    near.len() >= ENOUGH_TO_COMPARE && nearest < farthest * VARIETY
}
