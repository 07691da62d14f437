//! A server of somebody else as a process of its own, which ends with the test.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running server.
pub struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// Starts a program that is told a free port, and waits until it listens there.
    pub fn start(arguments: impl FnOnce(&mut Command, u16), variable: &str) -> Self {
        let program = std::env::var_os(variable)
            .unwrap_or_else(|| panic!("`{variable}` names the program; run `.ci/third-party`"));
        let port = free_port();
        let mut command = Command::new(program);
        arguments(&mut command, port);
        let process = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().expect("the program starts");
        let mut server = Self { process, port };
        server.wait();
        server
    }

    /// Its address.
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A process that has just begun does not listen yet, and tells nobody when it does.
    fn wait(&mut self) {
        for _ in 0..600 {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            assert!(self.process.try_wait().expect("its state").is_none(), "the server ended at once");
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("the server does not listen after a minute");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to do about it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}
