//! How much memory this process may still take: of the machine, of the control groups it is in (containers,
//! `systemd-run`), and of its own address space. On Linux; elsewhere nothing is known.

use std::fs;
use std::path::Path;

/// Bytes that this process may still take, where that is known.
pub fn memory() -> Option<u64> {
    cfg!(target_os = "linux").then(|| memory_in(Path::new("/"))).flatten()
}

/// The same by the files below a root.
fn memory_in(root: &Path) -> Option<u64> {
    let machine = read(root, "proc/meminfo").and_then(|text| kilobytes(&text, "MemAvailable:"));
    [machine, of_groups(root), of_address_space(root)].into_iter().flatten().min()
}

fn read(root: &Path, name: &str) -> Option<String> {
    fs::read_to_string(root.join(name.trim_start_matches('/'))).ok()
}

/// The value of `Name:  123 kB`.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|value| value.saturating_mul(1024))
}

/// The least that a group leaves: a process is in one of version 2, one of version 1, or both, and in all groups above
/// it.
fn of_groups(root: &Path) -> Option<u64> {
    let groups = read(root, "proc/self/cgroup").unwrap_or_default();
    let mut least = None;
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(kinds), Some(path)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let left = if kinds.is_empty() {
            let files = ["memory.max", "memory.current", "inactive_file"];
            ["sys/fs/cgroup", "sys/fs/cgroup/unified"].iter().filter_map(|mount| above(root, mount, path, files)).min()
        } else if kinds.split(',').any(|kind| kind == "memory") {
            let files = ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"];
            above(root, "sys/fs/cgroup/memory", path, files)
        } else {
            None
        };
        least = [least, left].into_iter().flatten().min();
    }
    least
}

/// The least that the group and those above it leave. In a container the path may be that of the host, of which only
/// the mount itself is seen.
fn above(root: &Path, mount: &str, path: &str, files: [&str; 3]) -> Option<u64> {
    let mount = root.join(mount);
    let group = mount.join(path.trim_start_matches('/'));
    group.ancestors().take_while(|group| group.starts_with(&mount)).filter_map(|group| left_in(group, files)).min()
}

/// What one group leaves: its limit without what is used and cannot be dropped. A limit that is none is larger than any
/// machine.
fn left_in(group: &Path, [limit, used, droppable]: [&str; 3]) -> Option<u64> {
    let number = |name: &str| fs::read_to_string(group.join(name)).ok()?.trim().parse::<u64>().ok();
    let (limit, used) = (number(limit)?, number(used).unwrap_or(0));
    let statistics = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let cached = statistics.lines().find_map(|line| line.strip_prefix(droppable)?.trim().parse::<u64>().ok());
    Some(limit.saturating_sub(used.saturating_sub(cached.unwrap_or(0))))
}

/// What `ulimit -v` leaves.
fn of_address_space(root: &Path) -> Option<u64> {
    let limits = read(root, "proc/self/limits")?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    let limit = line.split_whitespace().next()?.parse::<u64>().ok()?;
    let used = read(root, "proc/self/status").and_then(|text| kilobytes(&text, "VmSize:")).unwrap_or(0);
    Some(limit.saturating_sub(used))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    const MACHINE: (&str, &str) = ("proc/meminfo", "MemTotal: 9000 kB\nMemFree: 10 kB\nMemAvailable: 4000 kB\n");

    #[test]
    fn the_machine_a_group_or_the_address_space_whatever_leaves_least() {
        let of = |files: &[(&str, &str)]| memory_in(tree(files).path());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[MACHINE]), Some(4_096_000));
        // Version 2, the limit two groups above; file pages can be dropped.
        let second = [
            MACHINE,
            ("proc/self/cgroup", "0::/user.slice/job.scope/inner\n"),
            ("sys/fs/cgroup/user.slice/job.scope/inner/memory.max", "max\n"),
            ("sys/fs/cgroup/user.slice/job.scope/memory.max", "2000000\n"),
            ("sys/fs/cgroup/user.slice/job.scope/memory.current", "1500000\n"),
            ("sys/fs/cgroup/user.slice/job.scope/memory.stat", "anon 1000\ninactive_file 400000\nactive_file 7\n"),
            ("sys/fs/cgroup/user.slice/memory.max", "3000000\n"),
        ];
        assert_eq!(of(&second), Some(900_000));
        // A container: the path is that of the host, the limit at the mount.
        let container = [
            MACHINE,
            ("proc/self/cgroup", "0::/docker/4711\n"),
            ("sys/fs/cgroup/memory.max", "1000000\n"),
            ("sys/fs/cgroup/memory.current", "2000000\n"),
        ];
        assert_eq!(of(&container), Some(0));
        // Version 1 beside an empty version 2.
        let first = [
            MACHINE,
            ("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/a\n0::/\n"),
            ("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "3000000\n"),
            ("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "500000\n"),
            ("sys/fs/cgroup/memory/a/memory.stat", "inactive_file 1\ntotal_inactive_file 100000\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
        ];
        assert_eq!(of(&first), Some(2_600_000));
        let limit = |value: &str| {
            format!("Limit  Soft Limit  Hard Limit  Units\nMax address space  {value}  unlimited bytes\n")
        };
        let limited = [MACHINE, ("proc/self/limits", &limit("1048576")), ("proc/self/status", "VmSize:  24 kB\n")];
        assert_eq!(of(&limited), Some(1_048_576 - 24 * 1024));
        assert_eq!(of(&[MACHINE, ("proc/self/limits", &limit("unlimited"))]), Some(4_096_000));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_has_some() {
        assert!(memory().is_some_and(|bytes| bytes > 1 << 20));
    }
}
