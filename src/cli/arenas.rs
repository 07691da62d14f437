//! How much memory threads keep for themselves.
//!
//! The C library of most Linux systems gives each thread an arena, up to eight for each core, and what is freed in one comes
//! back late: a month of 20 million chats took 1.6 GiB so, and 0.9 GiB with an arena for each core, in the same time. Only
//! the environment that a program begins with can say so without unsafe code.

/// Begins this program anew with an arena for each core, unless its environment says how many; where that is impossible
/// it goes on as it is.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn limit() {
    use std::env;
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    use std::thread::available_parallelism;

    const MOST: &str = "MALLOC_ARENA_MAX";
    if env::var_os(MOST).is_some() {
        return;
    }
    let mut arguments = env::args_os();
    let (Ok(program), Some(name)) = (env::current_exe(), arguments.next()) else { return };
    let cores = available_parallelism().map_or(1, usize::from);
    // Returns only where it failed.
    let _ = Command::new(program).arg0(name).args(arguments).env(MOST, cores.to_string()).exec();
}

/// Other systems have no such arenas.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn limit() {}
